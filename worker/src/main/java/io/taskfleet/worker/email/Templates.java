package io.taskfleet.worker.email;

import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.template.MailTemplate;
import io.taskfleet.template.TemplateException;
import io.taskfleet.worker.email.MailComposer.Content;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.TaskRejectedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What mails say: what their tasks do, or templates filled in. A tenant's own come before those
 * that are built in. What was found is used again for a short time. Thread-safe.
 */
final class Templates {
  private static final int REMEMBERED = 1_000;

  private final EmailRecords records;
  private final Duration timeToLive;
  private final Clock clock;

  // Guarded by itself; in the order of last use.
  private final Map<Key, Found> found =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Found> eldest) {
          return size() > REMEMBERED;
        }
      };

  Templates(EmailRecords records, Duration timeToLive, Clock clock) {
    this.records = records;
    this.timeToLive = timeToLive;
    this.clock = clock;
  }

  private record Key(String tenant, String name, @Nullable Integer version) {}

  private record Found(MailTemplate template, Instant at) {}

  /**
   * What this mail says.
   *
   * @throws TaskRejectedException if there is no such template, or it cannot be filled in
   * @throws CallRefusedException if nobody can say at the moment
   */
  Content content(EmailPayload payload, String tenant)
      throws TaskRejectedException, CallRefusedException, InterruptedException {
    if (payload.template() == null) {
      return new Content(Objects.requireNonNull(payload.subject()), payload.text(), payload.html());
    }
    Key key = new Key(tenant, payload.template(), payload.templateVersion());
    MailTemplate template =
        find(key)
            .orElseThrow(
                () ->
                    new TaskRejectedException(
                        ReasonCode.VALIDATION_FAILED, "there is no such template"));
    try {
      MailTemplate.Filled filled = template.fill(payload.variables());
      return new Content(filled.subject(), filled.text(), filled.html());
    } catch (TemplateException unfit) {
      throw new TaskRejectedException(ReasonCode.VALIDATION_FAILED, unfit.detail());
    }
  }

  private Optional<MailTemplate> find(Key key) throws CallRefusedException, InterruptedException {
    Instant now = clock.instant();
    synchronized (found) {
      Found known = found.get(key);
      if (known != null && now.isBefore(known.at().plus(timeToLive))) {
        return Optional.of(known.template());
      }
    }
    Optional<MailTemplate> template = records.template(key.tenant(), key.name(), key.version());
    if (template.isEmpty() && key.version() == null) {
      template = MailTemplate.builtIn(key.name());
    }
    // One that is not there is asked for again: its mail is dead, and the next may be for a new
    // one.
    template.ifPresent(
        there -> {
          synchronized (found) {
            found.put(key, new Found(there, now));
          }
        });
    return template;
  }
}
