package io.taskfleet.gateway.web;

import jakarta.servlet.ServletRequest;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a request stands in its W3C trace.
 *
 * @param traceId 32 hexadecimal digits: the caller's, or new
 * @param spanId 16 hexadecimal digits: this request's own
 * @param flags two hexadecimal digits: the caller's, or "not sampled"
 */
public record TraceContext(String traceId, String spanId, String flags) {
  static final String HEADER = "traceparent";

  private static final String ATTRIBUTE = TraceContext.class.getName();
  // Later versions may append fields (W3C Trace Context §3.2.4); version ff is forbidden.
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?!ff)(?!00-.{52}-)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");
  private static final int TRACE_ID = 3;
  private static final int FLAGS = 53;

  /** The context of a request that has passed {@link ExchangeFilter}. */
  public static TraceContext of(ServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof TraceContext trace ? trace : continuing(null);
  }

  /** A new span in the trace of this header, or of a new trace if it names none. */
  static TraceContext continuing(@Nullable String header) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    String spanId = hex.toHexDigits(random.nextLong() | 1);
    return header != null && SYNTAX.matcher(header).matches()
        ? new TraceContext(
            header.substring(TRACE_ID, TRACE_ID + 32), spanId, header.substring(FLAGS, FLAGS + 2))
        : new TraceContext(
            hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong() | 1),
            spanId,
            "00");
  }

  void attachTo(ServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /** The header that passes this context on. */
  public String header() {
    return "00-" + traceId + '-' + spanId + '-' + flags;
  }
}
