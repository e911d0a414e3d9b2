package io.taskfleet.worker.email;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.RemoteRefusal;
import io.taskfleet.worker.failure.TaskRejectedException;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The providers, in the order in which they are tried. A mail goes on to the next only while it is
 * certain that none before has taken it. Thread-safe.
 */
final class SmtpProviders implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SmtpProviders.class);

  private final List<SmtpProvider> providers;

  SmtpProviders(List<SmtpProvider> providers) {
    this.providers = List.copyOf(providers);
  }

  /** Who took a mail, and what they said of its recipients. */
  record Taken(String provider, List<RecipientReply> replies) {}

  /** One of them has the last word, and did not say it. */
  static final class Undecided extends Exception {
    private static final long serialVersionUID = 1L;

    private final String provider;

    Undecided(String provider, UnknownOutcomeException cause) {
      super(cause.getMessage(), cause);
      this.provider = provider;
    }

    String provider() {
      return provider;
    }
  }

  /** Whether a mail has anywhere else to go. */
  boolean areSeveral() {
    return providers.size() > 1;
  }

  /** The dependency that all mails need; null if there are several. */
  @Nullable String onlyDependency() {
    return areSeveral() ? null : providers.getFirst().dependency();
  }

  /**
   * Refuses the mail if none of them would be called now.
   *
   * @param only the one that may be asked; null for any
   * @throws CallRefusedException as {@link #send} would
   * @throws TaskRejectedException if none will ever take it
   */
  void refuseIfClosedOff(Envelope envelope, @Nullable String only)
      throws CallRefusedException, TaskRejectedException, InterruptedException {
    CallRefusedException closedOff = null;
    for (SmtpProvider each : allowed(envelope, only)) {
      try {
        each.refuseIfClosedOff(envelope);
        return;
      } catch (CallRefusedException refused) {
        closedOff = sooner(closedOff, refused);
      }
    }
    throw Objects.requireNonNull(closedOff);
  }

  /**
   * Sends the mail by the first provider who takes it.
   *
   * @param only the one that may be asked; null for any
   * @throws CallRefusedException if none may be called now
   * @throws TaskRejectedException if none will ever take it
   * @throws Undecided if one may have taken it
   * @throws Exception what the last one threw that was called
   */
  Taken send(MimeMessage mail, Envelope envelope, boolean ownSender, @Nullable String only)
      throws Exception {
    Exception failure = null;
    CallRefusedException closedOff = null;
    for (SmtpProvider each : allowed(envelope, only)) {
      try {
        return new Taken(each.name(), each.send(mail, envelope, ownSender));
      } catch (UnknownOutcomeException unknown) {
        throw new Undecided(each.name(), unknown);
      } catch (CallRefusedException refused) {
        closedOff = sooner(closedOff, refused);
      } catch (RemoteRefusal | MessagingException | IOException failed) {
        if (!mayGoOn(failed)) {
          throw failed;
        }
        log.debug("provider {} failed: {}", each.name(), failed.getClass().getSimpleName());
        failure = failed;
      }
    }
    throw failure == null ? Objects.requireNonNull(closedOff) : failure;
  }

  /**
   * A provider that is not configured any more holds nobody back. One that will never take the mail
   * is not asked: whoever waits for its quota has the others wait too.
   */
  private List<SmtpProvider> allowed(Envelope envelope, @Nullable String only)
      throws TaskRejectedException {
    List<SmtpProvider> able = providers.stream().filter(each -> each.mayTake(envelope)).toList();
    if (able.isEmpty()) {
      throw new TaskRejectedException(
          ReasonCode.LIMITS_EXCEEDED, "more recipients than there are in any provider's quota");
    }
    List<SmtpProvider> allowed = able.stream().filter(each -> each.name().equals(only)).toList();
    return allowed.isEmpty() ? able : allowed;
  }

  /** What a server says of this mail, another would say too. */
  private static boolean mayGoOn(Exception failed) {
    return !Thread.currentThread().isInterrupted()
        && !(failed instanceof RemoteRefusal refusal && !refusal.isAboutTheService());
  }

  private static CallRefusedException sooner(
      @Nullable CallRefusedException one, CallRefusedException other) {
    return one == null || other.retryAfter().compareTo(one.retryAfter()) < 0 ? other : one;
  }

  @Override
  public void close() {
    providers.forEach(SmtpProvider::close);
  }
}
