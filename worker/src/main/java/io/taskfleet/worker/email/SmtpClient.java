package io.taskfleet.worker.email;

import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.RemoteRefusal;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;

/** Hands mails to one server. Thread-safe; each call blocks until the server has answered. */
final class SmtpClient implements AutoCloseable {
  private final SmtpConnections connections;
  private final ScheduledThreadPoolExecutor watch;
  private final Duration untilContent;

  /**
   * A client that connects when there is a mail to send.
   *
   * @param localName what it calls itself
   * @param untilContent how long it may take to a mail's content
   * @param tls knows which certificates to trust
   */
  SmtpClient(
      EmailProperties.Provider settings,
      String localName,
      Duration untilContent,
      SSLSocketFactory tls,
      Clock clock) {
    this.watch =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("smtp-watch").factory());
    watch.setRemoveOnCancelPolicy(true);
    this.connections =
        new SmtpConnections(
            Session.getInstance(sessionProperties(settings, localName, tls)),
            settings,
            new SmtpDialler(watch, tls),
            clock);
    this.untilContent = untilContent;
    long period = settings.pool().idleTimeout().toMillis();
    var _ =
        watch.scheduleWithFixedDelay(
            connections::closeIdle, period, Math.max(1, period / 2), TimeUnit.MILLISECONDS);
  }

  /**
   * Sends the mail to those of its recipients whom the server takes.
   *
   * @param ownSender whether the sender is the one of the configuration
   * @return what the server said of each, at least one of whom it has taken
   * @throws RemoteRefusal what the server answered instead of taking it
   * @throws MessagingException or an {@code IOException}, if the connection broke while the mail
   *     could not have been taken
   * @throws UnknownOutcomeException if it broke later
   * @throws CallRefusedException if no session is possible as configured
   */
  List<RecipientReply> send(MimeMessage mail, Envelope envelope, boolean ownSender)
      throws MessagingException,
          IOException,
          RemoteRefusal,
          UnknownOutcomeException,
          CallRefusedException {
    long contentBy = System.nanoTime() + untilContent.toNanos();
    SmtpConnection connection = connections.take(contentBy);
    try {
      return transmit(mail, envelope, ownSender, connection);
    } catch (MessagingException | IOException | RemoteRefusal e) {
      if (!isStale(connection, e) || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return transmit(mail, envelope, ownSender, connections.open(contentBy));
    }
  }

  @Override
  public void close() {
    connections.close();
    watch.shutdownNow();
  }

  private List<RecipientReply> transmit(
      MimeMessage mail, Envelope envelope, boolean ownSender, SmtpConnection connection)
      throws MessagingException, IOException, RemoteRefusal, UnknownOutcomeException {
    try {
      return connection.send(mail, envelope, ownSender);
    } finally {
      if (connection.isUsable()) {
        connections.giveBack(connection);
      } else {
        connection.hangUp();
      }
    }
  }

  /** A server may have closed an idle connection just now; that is no failure of this mail. */
  private static boolean isStale(SmtpConnection connection, Exception e) {
    boolean broken =
        !(e instanceof RemoteRefusal refusal) || refusal.status() == SmtpRefusals.CLOSING;
    return broken && connection.wasStale();
  }

  private static Properties sessionProperties(
      EmailProperties.Provider settings, String localName, SSLSocketFactory tls) {
    Properties properties = new Properties();
    properties.put("mail.smtp.localhost", localName);
    properties.put("mail.smtp.quitwait", "false");
    properties.put("mail.smtp.auth", Boolean.toString(settings.username() != null));
    if (!settings.authentication().isEmpty()) {
      properties.put("mail.smtp.auth.mechanisms", String.join(" ", settings.authentication()));
    }
    properties.put("mail.smtp.ssl.socketFactory", tls);
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    // Written so only where an address needs it and the server has said that it can read it.
    properties.put("mail.mime.allowutf8", "true");
    if (settings.tls() == EmailProperties.Tls.STARTTLS) {
      properties.put("mail.smtp.starttls.enable", "true");
      properties.put("mail.smtp.starttls.required", "true");
    }
    return properties;
  }
}
