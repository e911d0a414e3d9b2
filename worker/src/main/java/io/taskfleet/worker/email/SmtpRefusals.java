package io.taskfleet.worker.email;

import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.RemoteRefusal;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the server said out of the library's exceptions. Texts of the server are left behind:
 * they like to repeat the recipient.
 */
final class SmtpRefusals {
  /** The server wants nothing of anybody; an operator has to look. */
  private static final Duration OPERATOR = Duration.ofMinutes(1);

  private static final int NOT_AUTHENTICATED = 535;
  private static final int NO_REPLY = -1;

  private SmtpRefusals() {}

  /** A session could not be opened. That is never the fault of the mail that waits for it. */
  static MessagingException atConnect(MessagingException thrown, int lastReply)
      throws RemoteRefusal, CallRefusedException {
    if (ioException(thrown) != null) {
      return thrown;
    }
    if (lastReply <= 0) {
      return new MessagingException("connection closed", new EOFException());
    }
    boolean temporary = lastReply >= 400 && lastReply < 500;
    if (thrown instanceof AuthenticationFailedException) {
      int code = lastReply >= 400 ? lastReply : NOT_AUTHENTICATED;
      throw refusal(code, "authentication refused", temporary ? null : OPERATOR);
    }
    if (lastReply >= 400) {
      throw refusal(lastReply, "no session", temporary ? null : OPERATOR);
    }
    throw new CallRefusedException("SMTP session not possible as configured", OPERATOR);
  }

  /**
   * A mail was not taken. If several recipients were refused, the one refused for good decides,
   * because the mail goes to all or to none.
   *
   * @param ownSender whether the sender is the one of the configuration, so that its refusal is
   *     everybody's problem
   */
  static MessagingException ofMail(MessagingException thrown, int lastReply, boolean ownSender)
      throws RemoteRefusal {
    if (ioException(thrown) != null) {
      return thrown;
    }
    int code = NO_REPLY;
    boolean sender = false;
    for (Exception e = thrown; e instanceof MessagingException m; e = m.getNextException()) {
      code = Math.max(code, code(m));
      sender |= m instanceof SMTPSenderFailedException;
    }
    if (code == NO_REPLY) {
      code = lastReply;
    }
    if (code < 400) {
      return new MessagingException("connection closed", new EOFException());
    }
    throw sender
        ? refusal(code, "sender refused", ownSender && code >= 500 ? OPERATOR : null)
        : refusal(code, "mail refused", null);
  }

  private static int code(MessagingException e) {
    return switch (e) {
      case SMTPAddressFailedException recipient -> recipient.getReturnCode();
      case SMTPSenderFailedException sender -> sender.getReturnCode();
      case SMTPSendFailedException command -> command.getReturnCode();
      default -> NO_REPLY;
    };
  }

  private static RemoteRefusal refusal(int code, String what, @Nullable Duration retryAfter) {
    return new RemoteRefusal(
        RemoteRefusal.Protocol.SMTP, code, "SMTP " + code + ": " + what, retryAfter);
  }

  private static @Nullable IOException ioException(MessagingException thrown) {
    Throwable cause = thrown;
    while (cause instanceof MessagingException mail) {
      cause = mail.getNextException();
    }
    return cause instanceof IOException io ? io : null;
  }
}
