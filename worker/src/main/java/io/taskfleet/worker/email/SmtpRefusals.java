package io.taskfleet.worker.email;

import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.RemoteRefusal;
import io.taskfleet.worker.failure.SmtpReply;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Says what was refused, and whether that is one mail's problem or everybody's. */
final class SmtpRefusals {
  /** The server closes the connection, whatever was asked. */
  static final int CLOSING = 421;

  /** What a server would answer that knows addresses beyond ASCII, and does not take them. */
  static final SmtpReply NO_UTF8 = new SmtpReply(553, "5.6.7");

  /** The server wants nothing of anybody; an operator has to look. */
  private static final Duration OPERATOR = Duration.ofMinutes(1);

  private static final int NOT_AUTHENTICATED = 535;

  private SmtpRefusals() {}

  /** A session could not be opened. That is never the fault of the mail that waits for it. */
  static MessagingException atConnect(MessagingException thrown, int lastReply, String lastLine)
      throws RemoteRefusal, CallRefusedException {
    if (ioException(thrown) != null) {
      return thrown;
    }
    if (lastReply <= 0) {
      return new MessagingException("connection closed", new EOFException());
    }
    boolean temporary = lastReply >= 400 && lastReply < 500;
    if (thrown instanceof AuthenticationFailedException) {
      SmtpReply reply =
          lastReply >= 400
              ? SmtpReply.of(lastReply, lastLine)
              : new SmtpReply(NOT_AUTHENTICATED, null);
      throw ofSession(reply, "authentication refused", temporary);
    }
    if (lastReply >= 400) {
      throw ofSession(SmtpReply.of(lastReply, lastLine), "no session", temporary);
    }
    throw new CallRefusedException("SMTP session not possible as configured", OPERATOR);
  }

  private static RemoteRefusal ofSession(SmtpReply reply, String what, boolean temporary) {
    return new RemoteRefusal(reply, what, temporary ? null : OPERATOR, true);
  }

  /**
   * The command that names the sender was refused, for the sender's sake or the mail's.
   *
   * @param ownSender whether it is the one of the configuration
   */
  static RemoteRefusal atMailFrom(SmtpReply reply, boolean ownSender) {
    return switch (reply.code()) {
      case 501, 503, 550, 551, 553 ->
          new RemoteRefusal(reply, "sender refused", ownSender ? OPERATOR : null, ownSender);
      default -> ofMail(reply);
    };
  }

  /** The mail was not taken, or none of its recipients. */
  static RemoteRefusal ofMail(SmtpReply reply) {
    return new RemoteRefusal(reply, "mail refused", null, false);
  }

  private static @Nullable IOException ioException(MessagingException thrown) {
    Throwable cause = thrown;
    while (cause instanceof MessagingException mail) {
      cause = mail.getNextException();
    }
    return cause instanceof IOException io ? io : null;
  }
}
