package io.taskfleet.worker.email;

import io.taskfleet.template.MailTemplate;
import io.taskfleet.worker.failure.CallRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Records of one process; {@code EmailTablesIT} holds Postgres to the same contract. */
final class RecordsInMemory implements EmailRecords {
  private final Map<String, MailTemplate> templates = new ConcurrentHashMap<>();
  private final Map<UUID, String> undecided = new ConcurrentHashMap<>();
  private final Map<String, Integer> reserved = new ConcurrentHashMap<>();

  private final AtomicInteger refusedNotes = new AtomicInteger();

  /** Refuses the next notes. */
  void refuseNotes(int many) {
    refusedNotes.set(many);
  }

  void store(String tenant, String name, MailTemplate template) {
    templates.put(tenant + '/' + name, template);
  }

  @Override
  public Optional<MailTemplate> template(String tenant, String name, @Nullable Integer version) {
    return version == null || version == 1
        ? Optional.ofNullable(templates.get(tenant + '/' + name))
        : Optional.empty();
  }

  @Override
  public void noteUndecided(UUID task, String provider) throws CallRefusedException {
    if (refusedNotes.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new CallRefusedException("away", Duration.ofMillis(1));
    }
    undecided.put(task, provider);
  }

  @Override
  public Optional<String> undecidedProvider(UUID task) {
    return Optional.ofNullable(undecided.get(task));
  }

  @Override
  public int reserve(String provider, Instant period, int wanted, int most) {
    String key = provider + '@' + period;
    int before = reserved.getOrDefault(key, 0);
    int taken = Math.clamp((long) most - before, 0, wanted);
    reserved.put(key, before + taken);
    return taken;
  }
}
