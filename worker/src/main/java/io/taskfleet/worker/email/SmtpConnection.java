package io.taskfleet.worker.email;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.OutputStream;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * One connection to the server. It knows whether the server may have seen a mail's content, because
 * before that a failed connection can be replaced without sending anything twice.
 */
final class SmtpConnection extends SMTPTransport {
  private int mails;
  private boolean contentBegun;

  SmtpConnection(Session session) {
    super(session, null);
  }

  @Override
  protected synchronized void mailFrom() throws MessagingException {
    mails++;
    contentBegun = false;
    super.mailFrom();
  }

  @Override
  protected synchronized OutputStream data() throws MessagingException {
    contentBegun = true;
    return super.data();
  }

  /** How many mails have been begun on it. */
  synchronized int mails() {
    return mails;
  }

  /** Whether it has been used for an earlier mail and failed this one before its content. */
  synchronized boolean wasStale() {
    return mails > 1 && !contentBegun;
  }
}
