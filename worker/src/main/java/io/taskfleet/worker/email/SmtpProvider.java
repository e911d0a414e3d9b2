package io.taskfleet.worker.email;

import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.Dependency;
import io.taskfleet.worker.failure.CallRefusedException;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** One server that takes mails, behind its breaker, bulkhead and rate limit, within its quota. */
final class SmtpProvider implements AutoCloseable {
  /** The name of a provider that is the only one, and of the dependency it is. */
  static final String ONLY = "smtp";

  private final EmailProperties.Provider settings;
  private final String dependency;
  private final Dependencies dependencies;
  private final SmtpClient client;
  private final @Nullable ProviderQuota quota;

  SmtpProvider(
      EmailProperties.Provider settings,
      String localName,
      Duration untilContent,
      EmailHandler.Surroundings around) {
    this.settings = settings;
    this.dependency = settings.name().equals(ONLY) ? ONLY : ONLY + ':' + settings.name();
    this.dependencies = around.dependencies();
    this.client =
        new SmtpClient(
            settings,
            localName,
            untilContent,
            (SSLSocketFactory) SSLSocketFactory.getDefault(),
            around.steady());
    this.quota =
        settings.quota() == null
            ? null
            : new ProviderQuota(
                settings.name(), settings.quota(), around.records(), around.clock());
  }

  String name() {
    return settings.name();
  }

  /** The name of the dependency it is. */
  String dependency() {
    return dependency;
  }

  /** Whether there is any time at which it would take this mail. */
  boolean mayTake(Envelope envelope) {
    return quota == null || quota.isEverEnoughFor(envelope.recipients().size());
  }

  /**
   * Refuses the mail if it would be refused now for want of a provider who takes calls, or of
   * quota.
   *
   * @throws CallRefusedException as {@link #send} would
   */
  void refuseIfClosedOff(Envelope envelope) throws CallRefusedException, InterruptedException {
    Dependency server = server();
    server.refuseIfClosedOff();
    if (quota != null) {
      try {
        quota.require(envelope.recipients().size());
      } catch (CallRefusedException usedUp) {
        server.park(usedUp.retryAfter());
        throw usedUp;
      }
    }
  }

  /**
   * Sends the mail, if the provider may be called now.
   *
   * @throws CallRefusedException if it may not
   * @throws Exception whatever {@link SmtpClient#send} throws
   */
  List<RecipientReply> send(MimeMessage mail, Envelope envelope, boolean ownSender)
      throws Exception {
    return server().call(() -> sendWithin(mail, envelope, ownSender));
  }

  private Dependency server() {
    return dependencies.named(dependency, settings.pool().size());
  }

  /** Its own refusal for want of quota parks the dependency, as the server's would. */
  private List<RecipientReply> sendWithin(MimeMessage mail, Envelope envelope, boolean ownSender)
      throws Exception {
    if (quota != null) {
      quota.take(envelope.recipients().size());
    }
    return client.send(mail, envelope, ownSender);
  }

  @Override
  public void close() {
    client.close();
  }
}
