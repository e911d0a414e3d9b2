package io.taskfleet.gateway.web;

/**
 * A request body that claims to be JSON, unread.
 *
 * @param utf8 the bytes as they came, within the size limit; empty if there was no body
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
public record JsonBody(byte[] utf8) {

  /** The largest body accepted, in bytes. */
  public static final int MAX_BYTES = 1 << 20;
}
