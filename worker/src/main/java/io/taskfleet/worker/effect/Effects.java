package io.taskfleet.worker.effect;

import static io.taskfleet.worker.postgres.Unnest.Type.BYTES;
import static io.taskfleet.worker.postgres.Unnest.Type.INT;
import static io.taskfleet.worker.postgres.Unnest.Type.JSON;
import static io.taskfleet.worker.postgres.Unnest.Type.LONG;
import static io.taskfleet.worker.postgres.Unnest.Type.TEXT;
import static io.taskfleet.worker.postgres.Unnest.Type.TIME;

import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.Callback;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.outcome.Lane;
import io.taskfleet.worker.postgres.Unnest;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is written beside the rows that changed: the timeline, {@link Batches}, the turn of the next
 * task of a key, and the handlers' effects. Groups are sorted wherever two workers may touch the
 * same rows, because different orders would deadlock.
 */
public final class Effects {

  private record Counted(Entry entry, int index, Effect.EventCounted event) {

    /** A task's only event has the task's id. */
    UUID id() {
      UUID task = entry.task().id();
      return index == 0 ? task : TaskIds.fromParent(task, "event " + index);
    }
  }

  private record FollowUp(Entry parent, Task task) {}

  private static final Unnest<Entry> OF_KEY =
      Unnest.<Entry>by("id", Unnest.Type.UUID, entry -> entry.task().id())
          .with("type", TEXT, entry -> entry.task().type())
          .with("priority", TEXT, entry -> entry.task().priority().label())
          .with("tenant", TEXT, entry -> entry.task().tenant())
          .with("ordering_key", TEXT, entry -> entry.task().key());

  /** Whoever is first of its key now, and is parked, is due. */
  private static final String TURNS =
      """
      update task set due_at = now() where state = 'deferred' and due_at is null and id in (
        select first.id from (%s) as new cross join lateral (
          select task.id from task
           where task.type = new.type and task.priority = new.priority
             and task.tenant = new.tenant and task.ordering_key = new.ordering_key
             and task.key_position is not null
             and task.state not in ('succeeded', 'dead', 'cancelled', 'expired')
           order by task.key_position limit 1) as first)
      """;

  private static final Unnest<FollowUp> OF_FOLLOW_UPS =
      Unnest.<FollowUp>by("id", Unnest.Type.UUID, row -> row.task.id())
          .with("tenant", TEXT, row -> row.task.tenant())
          .with("type", TEXT, row -> row.task.type())
          .with("priority", TEXT, row -> row.task.priority().label())
          .with("ordering_key", TEXT, row -> row.task.key())
          .with("max_attempts", INT, row -> row.task.options().maxAttempts())
          .with("timeout_ms", LONG, row -> millis(row.task.options().timeout()))
          .with("payload", JSON, row -> new RawJson(row.task.payload()))
          .with("payload_hash", BYTES, row -> row.task.payloadHash())
          .with("run_at", TIME, row -> row.task.options().runAt())
          .with("expires_at", TIME, row -> row.task.options().expiresAt())
          .with("traceparent", TEXT, row -> row.task.traceparent())
          .with("tags", TEXT, row -> tags(row.task.options().tags()))
          .with("callback_url", TEXT, row -> row.task.options().callbackUrl())
          .with("batch_id", Unnest.Type.UUID, row -> row.task.batchId())
          .with("created_at", TIME, row -> row.task.createdAt());

  private static final Unnest<Counted> OF_EVENTS =
      Unnest.<Counted>by("id", Unnest.Type.UUID, Counted::id)
          .with("tenant", TEXT, row -> row.entry.task().tenant())
          .with("name", TEXT, row -> row.event.name())
          .with("user_id", TEXT, row -> row.event.userId())
          .with("value", TEXT, row -> plain(row.event.value()))
          .with("properties", TEXT, row -> row.event.properties())
          .with("at", TIME, row -> row.event.at());

  /** Whoever adds them up takes them by the batch; see {@code worker.rollup}. */
  private static final String EVENTS =
      """
      with new as (select id, tenant, name, user_id, value::numeric, properties::json, at
                     from (%s) as given),
      pending as (insert into analytics_pending (events) select count(*) from new returning batch)
      insert into analytics_event (id, tenant, name, user_id, value, properties, at, batch)
      select new.*, pending.batch from new, pending
      """;

  private final Unnest<Entry> ofTimeline;
  private final String timeline;
  private final String followUps;
  private final String waiting;

  /** What this worker writes. */
  public Effects(String worker) {
    ofTimeline = timeline(worker);
    timeline =
        "insert into task_attempt (%s) %%s on conflict do nothing".formatted(ofTimeline.names());
    followUps = followUps(worker, "coalesce(run_at, now())");
    waiting = followUps(worker, "null");
  }

  private static String followUps(String worker, String dueAt) {
    return """
    insert into task (%s, state, attempt, delivery, due_at, worker)
    select new.*, 'scheduled', 0, 0, %s, '%s' from (%%s) as new
     order by id
    on conflict do nothing
    """
        .formatted(OF_FOLLOW_UPS.names(), dueAt, worker.replace("'", "''").replace("%", "%%"));
  }

  /**
   * Writes what goes with these entries.
   *
   * @param changed the tasks whose rows are as their entries say now; those of others change
   *     nothing
   */
  public void write(Connection connection, List<Entry> entries, Set<UUID> changed)
      throws SQLException {
    List<Entry> failed = new ArrayList<>();
    List<Entry> ofBatch = new ArrayList<>();
    Map<Lane, Entry> inOrder = new LinkedHashMap<>();
    List<FollowUp> after = new ArrayList<>();
    List<FollowUp> afterBatches = new ArrayList<>();
    List<Batches.Closing> closings = new ArrayList<>();
    List<Counted> counted = new ArrayList<>();
    List<Inboxes.Arrival> arrived = new ArrayList<>();
    for (Entry entry : entries) {
      if (!changed.contains(entry.task().id())) {
        continue;
      }
      Entry.Outcome outcome = entry.outcome();
      if (outcome.error() != null) {
        failed.add(entry);
      }
      if (entry.task().batchId() != null && outcome.state().isTerminal()) {
        ofBatch.add(entry);
      }
      if (entry.keyPosition() != null && (outcome.state().isTerminal() || isParked(outcome))) {
        inOrder.putIfAbsent(Lane.of(entry.task()), entry);
      }
      String callback = entry.task().options().callbackUrl();
      if (callback != null && outcome.state().isTerminal()) {
        after.add(
            new FollowUp(
                entry, Callback.of(entry.task(), entry.status(), callback, outcome.endedAt())));
      }
      int index = 0;
      for (Effect effect : outcome.effects()) {
        switch (effect) {
          case Effect.EventCounted event -> counted.add(new Counted(entry, index++, event));
          case Effect.InboxFilled filled -> arrived.add(new Inboxes.Arrival(entry, filled));
          case Effect.TaskSubmitted(Task task, _) -> after.add(new FollowUp(entry, task));
          case Effect.BatchClosed closed -> {
            closings.add(new Batches.Closing(entry, closed));
            if (closed.onComplete() != null) {
              afterBatches.add(new FollowUp(entry, closed.onComplete()));
            }
          }
        }
      }
    }
    write(connection, timeline, ofTimeline, failed);
    write(connection, EVENTS, OF_EVENTS, counted);
    write(connection, Inboxes.WRITE, Inboxes.ARRIVALS, arrived);
    write(connection, followUps, OF_FOLLOW_UPS, after);
    write(connection, waiting, OF_FOLLOW_UPS, afterBatches);
    Batches.write(connection, ofBatch, closings);
    write(connection, TURNS, OF_KEY, List.copyOf(inOrder.values()));
  }

  private static boolean isParked(Entry.Outcome outcome) {
    return outcome.state() == TaskState.DEFERRED && outcome.dueAt() == null;
  }

  private static <R> void write(Connection connection, String sql, Unnest<R> columns, List<R> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = columns.prepare(connection, sql, rows)) {
      statement.executeUpdate();
    }
  }

  private static Unnest<Entry> timeline(String worker) {
    return Unnest.<Entry>by("task_id", Unnest.Type.UUID, entry -> entry.task().id())
        .with("delivery", INT, entry -> entry.task().delivery())
        .with("attempt", INT, entry -> entry.outcome().attempt())
        .with("outcome", TEXT, entry -> entry.outcome().state().label())
        .with("error_class", TEXT, entry -> error(entry).errorClass())
        .with("error_detail", TEXT, entry -> error(entry).detail())
        .with("worker", TEXT, _ -> worker)
        .with("started_at", TIME, entry -> entry.outcome().startedAt())
        .with("finished_at", TIME, entry -> entry.outcome().endedAt());
  }

  private static TaskError error(Entry entry) {
    return Objects.requireNonNull(entry.outcome().error());
  }

  private static @Nullable String tags(@Nullable Tags tags) {
    return tags == null ? null : tags.text();
  }

  private static @Nullable String plain(@Nullable BigDecimal value) {
    return value == null ? null : value.toString();
  }

  private static @Nullable Long millis(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis();
  }
}
