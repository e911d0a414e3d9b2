package io.taskfleet.worker.email;

import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.RemoteRefusal;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.time.Clock;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Hands mails to the server. Thread-safe; each call blocks until the server has answered. */
final class SmtpClient implements AutoCloseable {
  private static final int CLOSING = 421;

  private final Session session;
  private final SmtpConnections connections;
  private final ScheduledThreadPoolExecutor watch;

  SmtpClient(EmailProperties properties, Clock clock) {
    this.watch =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("smtp-watch").factory());
    watch.setRemoveOnCancelPolicy(true);
    this.session = Session.getInstance(sessionProperties(properties, watch));
    this.connections = new SmtpConnections(session, properties, clock);
    long period = properties.pool().idleTimeout().toMillis();
    var _ =
        watch.scheduleWithFixedDelay(
            connections::closeIdle, period, Math.max(1, period / 2), TimeUnit.MILLISECONDS);
  }

  /** What mails for this client are composed with. */
  Session session() {
    return session;
  }

  /**
   * Sends the mail to all of its recipients, or to none.
   *
   * @param ownSender whether the sender is the one of the configuration
   * @throws RemoteRefusal what the server answered instead of taking it
   * @throws MessagingException caused by the {@code IOException} that broke the connection
   * @throws CallRefusedException if no session is possible as configured
   */
  void send(MimeMessage mail, boolean ownSender)
      throws MessagingException, RemoteRefusal, CallRefusedException {
    SmtpConnection connection = connections.take();
    try {
      transmit(mail, ownSender, connection);
    } catch (MessagingException | RemoteRefusal e) {
      if (!isStale(connection, e) || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      transmit(mail, ownSender, connections.open());
    }
  }

  @Override
  public void close() {
    connections.close();
    watch.shutdownNow();
  }

  private void transmit(MimeMessage mail, boolean ownSender, SmtpConnection connection)
      throws MessagingException, RemoteRefusal {
    boolean usable = false;
    try {
      connection.sendMessage(mail, mail.getAllRecipients());
      usable = true;
    } catch (MessagingException e) {
      int lastReply = connection.getLastReturnCode();
      usable = lastReply > CLOSING && lastReply < 600 && connection.isConnected();
      throw SmtpRefusals.ofMail(e, lastReply, ownSender);
    } finally {
      if (usable) {
        connections.giveBack(connection);
      } else {
        connections.discard(connection);
      }
    }
  }

  /** A server may have closed an idle connection just now; that is no failure of this mail. */
  private static boolean isStale(SmtpConnection connection, Exception e) {
    boolean broken = !(e instanceof RemoteRefusal refusal) || refusal.status() == CLOSING;
    return broken && connection.wasStale();
  }

  private static Properties sessionProperties(
      EmailProperties properties, ScheduledThreadPoolExecutor watch) {
    Properties settings = new Properties();
    settings.put("mail.smtp.localhost", properties.messageDomain());
    settings.put("mail.smtp.connectiontimeout", millis(properties.timeouts().connect()));
    settings.put("mail.smtp.timeout", millis(properties.timeouts().read()));
    settings.put("mail.smtp.writetimeout", millis(properties.timeouts().write()));
    // Without it each connection would start a thread of its own.
    settings.put("mail.smtp.executor.writetimeout", watch);
    settings.put("mail.smtp.sendpartial", "false");
    settings.put("mail.smtp.quitwait", "false");
    settings.put("mail.smtp.auth", Boolean.toString(properties.username() != null));
    settings.put("mail.smtp.ssl.checkserveridentity", "true");
    switch (properties.tls()) {
      case NONE -> {}
      case STARTTLS -> {
        settings.put("mail.smtp.starttls.enable", "true");
        settings.put("mail.smtp.starttls.required", "true");
      }
      case TLS -> settings.put("mail.smtp.ssl.enable", "true");
    }
    return settings;
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }
}
