package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.batch.BatchRows.ResultPage;
import io.taskfleet.gateway.cancel.CancelledEvents;
import io.taskfleet.gateway.retention.RetentionProperties;
import io.taskfleet.gateway.status.AcceptanceNotes;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds batches, at once or when they have ended, and cancels them. */
final class BatchReader {
  private static final int MOST_RESULTS = 1_000;
  private static final UUID FIRST = new UUID(0, 0);
  // Its row may not have been written.
  private static final Duration NEW = Duration.ofSeconds(30);
  private static final int ASK_AGAIN_AFTER_SECONDS = 2;

  private final BatchRows rows;
  private final Openings openings;
  private final BatchWatcher watcher;
  private final Told told;
  private final RetentionProperties retention;
  private final Clock clock;

  BatchReader(
      BatchRows rows,
      Openings openings,
      BatchWatcher watcher,
      Told told,
      RetentionProperties retention,
      Clock clock) {
    this.rows = rows;
    this.openings = openings;
    this.watcher = watcher;
    this.told = told;
    this.retention = retention;
    this.clock = clock;
  }

  /** Who is told that tasks were cancelled. */
  record Told(AcceptanceNotes notes, CancelledEvents events) {}

  /**
   * The tenant's batch of this id.
   *
   * @throws ProblemException if there is none, or that cannot be said
   */
  Batch find(String tenant, String text) {
    UUID id = TaskIds.parse(text).orElseThrow(BatchReader::noId);
    openings.awaitWritten(tenant, id);
    return rows.find(tenant, id)
        .orElseThrow(
            () ->
                mayBeNew(tenant, id) ? unclear() : retention.absent("batch", id, clock.instant()));
  }

  /** The same when it has ended, or the time is up; with its results if they are few. */
  BatchView findEnded(String tenant, String text, Duration time) throws InterruptedException {
    Batch batch = find(tenant, text);
    if (!batch.hasEnded()) {
      watcher.await(batch.id(), time);
      batch = find(tenant, text);
    }
    return BatchView.of(batch, results(tenant, batch));
  }

  private @Nullable List<TaskResult> results(String tenant, Batch batch) {
    Integer total = batch.total();
    if (total == null || total > MOST_RESULTS) {
      return null;
    }
    ResultPage all = rows.results(tenant, batch.id(), FIRST, MOST_RESULTS + 1);
    return all.isLast() ? all.results() : null;
  }

  /**
   * Cancels what has not run of the tenant's batch.
   *
   * @throws ProblemException if there is none, or it has ended
   */
  Batch cancel(String tenant, String text) {
    Batch before = find(tenant, text);
    Optional<List<TaskStatus>> stopped = rows.cancel(tenant, before.id());
    if (stopped.isEmpty() && before.cancelledAt() == null) {
      throw ProblemException.of(ProblemType.CONFLICT, "the batch has ended");
    }
    stopped.ifPresent(
        tasks -> {
          told.notes.forget(tasks.stream().map(TaskStatus::id).toList());
          told.events.tell(tasks);
        });
    return find(tenant, text);
  }

  // An id that was made of a key does not tell its age; of its own batches this gateway knows.
  private boolean mayBeNew(String tenant, UUID id) {
    return openings.isUnwritten(tenant, id)
        || TaskIds.timeOf(id).filter(time -> time.plus(NEW).isAfter(clock.instant())).isPresent();
  }

  private static ProblemException noId() {
    return ProblemException.of(ProblemType.NOT_FOUND, "there is no batch of this id");
  }

  private static ProblemException unclear() {
    return ProblemException.unavailable(
        "it cannot be said at the moment whether there is a batch of this id",
        ASK_AGAIN_AFTER_SECONDS);
  }
}
