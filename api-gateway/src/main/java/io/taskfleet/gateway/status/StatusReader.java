package io.taskfleet.gateway.status;

import io.lettuce.core.KeyValue;
import io.taskfleet.gateway.queue.QueuedTasks;
import io.taskfleet.gateway.queue.Sought;
import io.taskfleet.gateway.retention.RetentionProperties;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.StrictJson;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.JacksonException;

/** Finds the status of a task: in Redis, else in Postgres, else in Kafka where it waits. */
public final class StatusReader {
  // Redis may have missed the end of a task, if it was away then; a task this old might have ended.
  private static final Duration TRUSTED_UNFINISHED = Duration.ofSeconds(30);

  private final StatusCache cache;
  private final AcceptanceNotes notes;
  private final TaskRows rows;
  private final QueuedTasks queue;
  private final RetentionProperties retention;
  private final Clock clock;

  StatusReader(
      StatusCache cache,
      AcceptanceNotes notes,
      TaskRows rows,
      QueuedTasks queue,
      RetentionProperties retention,
      Clock clock) {
    this.cache = cache;
    this.notes = notes;
    this.rows = rows;
    this.queue = queue;
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * The tenant's task of this id.
   *
   * @throws ProblemException if it is not in Redis and Postgres does not answer
   */
  public Finding find(String tenant, UUID id) {
    Optional<TaskStatus> cached =
        cache.find(id).flatMap(KeyValue::optional).flatMap(StatusReader::parse);
    if (cached.isPresent()) {
      return known(tenant, cached.get());
    }
    Optional<TaskStatus> row = rows.find(tenant, id);
    return row.map(Finding::of).orElseGet(() -> findWaiting(tenant, id));
  }

  /**
   * The same for a task that has ended, with the final status as far as it is known: Redis is told
   * of it a little after Postgres, or not at all.
   */
  Finding findEnded(String tenant, UUID id, Seen.End end) {
    Finding found =
        end.cached()
            .flatMap(StatusReader::parse)
            .map(cached -> known(tenant, cached))
            .orElseGet(() -> find(tenant, id));
    return found.isFinal() ? found : new Finding(found.status().map(this::newer), null);
  }

  private Finding known(String tenant, TaskStatus cached) {
    if (!cached.tenant().equals(tenant)) {
      return nothing(cached.id());
    }
    return Finding.of(mayBeOutdated(cached) ? newer(cached) : cached);
  }

  private Finding findWaiting(String tenant, UUID id) {
    Sought sought = queue.find(tenant, id);
    // A worker may have recorded it since Postgres was asked, and finished its record.
    Optional<TaskStatus> row = rows.find(tenant, id);
    if (row.isPresent()) {
      return Finding.of(row.get());
    }
    return switch (sought) {
      case Sought.Found(Task task) -> {
        // So that who asks again need not search.
        notes.note(task);
        yield Finding.of(TaskStatus.queued(task));
      }
      case Sought.Absent() -> nothing(id);
      case Sought.Unknown() -> Finding.unclear();
    };
  }

  private Finding nothing(UUID id) {
    return Finding.nothing(retention.absent("task", id, clock.instant()));
  }

  private boolean mayBeOutdated(TaskStatus cached) {
    return !cached.state().isTerminal()
        && cached.createdAt().plus(TRUSTED_UNFINISHED).isBefore(clock.instant());
  }

  private TaskStatus newer(TaskStatus cached) {
    try {
      return rows.find(cached.tenant(), cached.id())
          .filter(row -> row.state().isTerminal() || row.attempt() > cached.attempt())
          .orElse(cached);
    } catch (ProblemException away) {
      return cached;
    }
  }

  private static Optional<TaskStatus> parse(byte[] json) {
    try {
      return Optional.of(StrictJson.mapper().readValue(json, TaskStatus.class));
    } catch (JacksonException notOurs) {
      // Of a later version perhaps; Postgres knows.
      return Optional.empty();
    }
  }
}
