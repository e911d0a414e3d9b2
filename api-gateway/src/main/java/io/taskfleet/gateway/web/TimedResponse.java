package io.taskfleet.gateway.web;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;

/**
 * A response that says how long it took. The header has to be there before the first byte of the
 * body is, and that is the moment at which the answer is known.
 */
final class TimedResponse extends HttpServletResponseWrapper {
  static final String HEADER = "X-Process-Time";

  private static final long NANOS_PER_MICRO = 1_000;
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final long startNanos;
  private boolean stamped;

  TimedResponse(HttpServletResponse response, long startNanos) {
    super(response);
    this.startNanos = startNanos;
  }

  /** Seconds since the given reading of the nano clock, such as {@code 0.001234}. */
  static String since(long startNanos) {
    long micros = (System.nanoTime() - startNanos) / NANOS_PER_MICRO;
    String fraction = Long.toString(MICROS_PER_SECOND + micros % MICROS_PER_SECOND);
    return micros / MICROS_PER_SECOND + "." + fraction.substring(1);
  }

  void stampTime() {
    if (!stamped && !isCommitted()) {
      stamped = true;
      setHeader(HEADER, since(startNanos));
    }
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    stampTime();
    return super.getOutputStream();
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    stampTime();
    return super.getWriter();
  }

  @Override
  public void flushBuffer() throws IOException {
    stampTime();
    super.flushBuffer();
  }

  @Override
  public void sendError(int status) throws IOException {
    stampTime();
    super.sendError(status);
  }

  @Override
  public void sendError(int status, String message) throws IOException {
    stampTime();
    super.sendError(status, message);
  }
}
