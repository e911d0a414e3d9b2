package io.taskfleet.gateway.web;

import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import jakarta.servlet.http.HttpServletRequest;

/**
 * A request body that claims to be JSON, unread.
 *
 * @param utf8 the bytes as they came, within the size limit; empty if there was no body
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
public record JsonBody(byte[] utf8) {

  /** The largest body accepted, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  /**
   * The value in a body.
   *
   * @throws ProblemException if it is malformed or of another shape
   */
  public static <T> T read(byte[] utf8, Class<T> type) {
    try {
      return StrictJson.read(utf8, type);
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, "");
    }
  }

  /**
   * The same, by the rules of its fields.
   *
   * @throws ProblemException if it breaks one, too
   */
  public static <T> T readValid(byte[] utf8, Class<T> type, PayloadReader rules) {
    try {
      return rules.requireValid(read(utf8, type));
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, "");
    }
  }

  /**
   * Makes sure that the body claims to be UTF-8 as it is.
   *
   * @throws ProblemException if it claims another character set, or to be compressed
   */
  public static void requirePlainUtf8(HttpServletRequest request) {
    String charset = request.getCharacterEncoding();
    if (charset != null && !charset.equalsIgnoreCase("utf-8")) {
      throw ProblemException.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "JSON is UTF-8");
    }
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw ProblemException.of(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "send the body without content encoding");
    }
  }
}
