package io.taskfleet.worker.email;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.attempt.DependentHandler;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.email.FetchedAttachments.File;
import io.taskfleet.worker.email.MailComposer.Composed;
import io.taskfleet.worker.email.MailComposer.Content;
import io.taskfleet.worker.email.SmtpProviders.Taken;
import io.taskfleet.worker.email.SmtpProviders.Undecided;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.TaskRejectedException;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Sends an email. Closing it closes its connections to the servers. */
public final class EmailHandler
    implements TaskHandler<EmailPayload>, DependentHandler, AutoCloseable {
  private static final Duration LATE = Duration.ofHours(1);

  /** How often it is tried to note who may have a mail: for a minute or two. */
  private static final int NOTES = 30;

  private final EmailProperties properties;
  private final EmailRecords records;
  private final Clock clock;
  private final SmtpProviders providers;
  private final DomainPaces paces;
  private final FetchedAttachments attachments;
  private final Templates templates;
  private final MailComposer composer;

  /**
   * What a handler works with.
   *
   * @param clock what the time is
   * @param steady what never goes back, to measure with
   */
  public record Surroundings(
      Dependencies dependencies,
      GuardedHttpClient client,
      EmailRecords records,
      Clock clock,
      Clock steady) {}

  /** A handler for the servers of these properties; it connects when there is a mail to send. */
  public EmailHandler(EmailProperties properties, Surroundings around) {
    this.properties = properties;
    this.records = around.records();
    this.clock = around.clock();
    this.providers = providers(properties, around);
    this.paces = new DomainPaces(properties.domains(), around.steady());
    this.attachments =
        new FetchedAttachments(
            properties.attachments(), around.client(), around.dependencies(), around.clock());
    this.templates =
        new Templates(around.records(), properties.templateTimeToLive(), around.steady());
    this.composer = new MailComposer(properties.from());
  }

  /** With nobody to take over there is no use in hurrying. */
  private static SmtpProviders providers(EmailProperties properties, Surroundings around) {
    List<EmailProperties.Provider> servers = properties.servers();
    Duration forEver = Duration.ofDays(1);
    return new SmtpProviders(
        servers.stream()
            .map(
                each ->
                    new SmtpProvider(
                        each,
                        properties.messageDomain(),
                        servers.size() > 1 ? properties.takeOverAfter() : forEver,
                        around))
            .toList());
  }

  @Override
  public TaskType<EmailPayload> type() {
    return BuiltInTypes.EMAIL;
  }

  /** Of several, one that is closed off is no reason to stop. */
  @Override
  public @Nullable String onlyDependency() {
    return providers.onlyDependency();
  }

  @Override
  public HandlerResult handle(EmailPayload payload, TaskContext context) throws Exception {
    Content content = templates.content(payload, context.tenant());
    String only = onlyProvider(context);
    if (FetchedAttachments.areNeededFor(payload)) {
      refuseIfItHasToWait(composer.envelope(payload), only);
    }
    return attachments.use(payload, context, files -> sent(payload, content, files, only, context));
  }

  /** What cannot be sent now is not worth fetching: it would be fetched again then. */
  private void refuseIfItHasToWait(Envelope envelope, @Nullable String only) throws Exception {
    paces.refuseIfTooEarly(domains(envelope));
    providers.refuseIfClosedOff(envelope, only);
  }

  private HandlerResult sent(
      EmailPayload payload,
      Content content,
      List<File> files,
      @Nullable String only,
      TaskContext context)
      throws Exception {
    String messageId = context.id() + "@" + properties.messageDomain();
    Composed composed = composer.compose(payload, content, files, messageId, date(context));
    paces.take(domains(composed.envelope()));
    try {
      Taken taken =
          providers.send(composed.mail(), composed.envelope(), payload.from() == null, only);
      return new SentMail(payload, context, messageId, taken)
          .result(clock.instant().plus(properties.recipientRetryAfter()));
    } catch (Undecided undecided) {
      throw decided(undecided, context);
    }
  }

  /** A mail that was to wait is of when it is sent: filters distrust what comes from the past. */
  private Instant date(TaskContext context) {
    Instant now = clock.instant();
    return context.createdAt().isBefore(now.minus(LATE)) ? now : context.createdAt();
  }

  /**
   * Who alone may try again, because the mail may be with them already. A first attempt may have
   * been made before too, by a worker that was told to stop.
   */
  private @Nullable String onlyProvider(TaskContext context)
      throws CallRefusedException, InterruptedException {
    boolean mayBeUndecided =
        providers.areSeveral()
            && properties.unknownOutcome() == EmailProperties.UnknownOutcome.SAME_PROVIDER;
    return mayBeUndecided ? records.undecidedProvider(context.id()).orElse(null) : null;
  }

  private Exception decided(Undecided undecided, TaskContext context) {
    switch (properties.unknownOutcome()) {
      case ANY_PROVIDER -> {}
      case DEAD_LETTER -> {
        TaskRejectedException end =
            new TaskRejectedException(
                ReasonCode.OUTCOME_UNKNOWN, "the provider may have taken the mail");
        end.initCause(undecided);
        return end;
      }
      case SAME_PROVIDER -> {
        if (providers.areSeveral()) {
          note(undecided, context);
        }
      }
    }
    return undecided;
  }

  /**
   * Also when the attempt is over: that is when it must be known. While Postgres is away the
   * attempt's end cannot be recorded either, so nothing is lost by waiting.
   */
  private void note(Undecided undecided, TaskContext context) {
    boolean interrupted = false;
    for (int left = NOTES; left > 0; left--) {
      try {
        interrupted |= Thread.interrupted();
        records.noteUndecided(context.id(), undecided.provider());
        break;
      } catch (CallRefusedException unnoted) {
        undecided.addSuppressed(unnoted);
        interrupted |= sleptBadly(unnoted.retryAfter());
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean sleptBadly(Duration pause) {
    try {
      Thread.sleep(pause);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  private static List<String> domains(Envelope envelope) {
    return envelope.recipients().stream().map(EmailHandler::domain).distinct().toList();
  }

  private static String domain(String address) {
    return address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    providers.close();
  }
}
