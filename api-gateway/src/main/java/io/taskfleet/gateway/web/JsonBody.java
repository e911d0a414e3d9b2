package io.taskfleet.gateway.web;

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
