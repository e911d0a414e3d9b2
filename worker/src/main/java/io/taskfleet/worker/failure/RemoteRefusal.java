package io.taskfleet.worker.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A remote side answered, and the answer is not success. Clients throw it with what the answer
 * says; the classifier decides what that means.
 */
public final class RemoteRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  /** In which protocol the status is to be read. */
  public enum Protocol {
    /** RFC 9110 status codes. */
    HTTP,
    /** RFC 5321 reply codes. */
    SMTP
  }

  private final Protocol protocol;
  private final int status;
  private final @Nullable SmtpReply reply;
  private final boolean ofSession;
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
    this.reply = protocol == Protocol.SMTP ? new SmtpReply(status, null) : null;
    this.ofSession = false;
    this.retryAfter = retryAfter;
  }

  /**
   * A mail server's answer.
   *
   * @param what was refused
   * @param retryAfter the wait before this server may be asked for anything again, whatever the
   *     answer says; null if the answer decides
   * @param ofSession whether the server took no mail at all, this one or another
   */
  public RemoteRefusal(
      SmtpReply reply, String what, @Nullable Duration retryAfter, boolean ofSession) {
    super("SMTP " + reply + ": " + what);
    this.protocol = Protocol.SMTP;
    this.status = reply.code();
    this.reply = reply;
    this.ofSession = ofSession;
    this.retryAfter = retryAfter;
  }

  public Protocol protocol() {
    return protocol;
  }

  public int status() {
    return status;
  }

  /** The answer in full, if it is a mail server's. */
  public @Nullable SmtpReply reply() {
    return reply;
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
    return reply == null ? status >= 500 : ofSession || reply.isAboutTheService();
  }
}
