package io.taskfleet.worker.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A remote side answered, and the answer is not success. Clients throw it with what the answer
 * says; the classifier decides what that means.
 */
public final class RemoteRefusal extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int SMTP_SERVICE_UNAVAILABLE = 421;

  /** In which protocol the status is to be read. */
  public enum Protocol {
    /** RFC 9110 status codes. */
    HTTP,
    /** RFC 5321 reply codes. */
    SMTP
  }

  private final Protocol protocol;
  private final int status;
  private final @Nullable Duration retryAfter;

  /**
   * An answer that is not success.
   *
   * @param detail the status line, without anything the caller's task brought along
   * @param retryAfter the wait the answer asks for
   */
  public RemoteRefusal(
      Protocol protocol, int status, String detail, @Nullable Duration retryAfter) {
    super(detail);
    this.protocol = protocol;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  public Protocol protocol() {
    return protocol;
  }

  public int status() {
    return status;
  }

  /** The wait the answer asks for, if it asks for one. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /**
   * Whether the answer is about the remote service as a whole. Any other answer is about this one
   * call, and shows that the service works: a mailbox that is greylisted says nothing of the next.
   */
  public boolean isAboutTheService() {
    return switch (protocol) {
      case HTTP -> status >= 500;
      case SMTP -> status == SMTP_SERVICE_UNAVAILABLE;
    };
  }
}
