package io.taskfleet.worker.effect;

import static io.taskfleet.worker.postgres.Unnest.Type.TEXT;

import io.taskfleet.task.Task;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.postgres.Unnest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * The {@code batch} table: how many tasks of each batch have ended, how many there are, and what
 * starts when the last of them has ended. Ends and total come in any order; whoever comes last
 * finishes the batch.
 */
final class Batches {

  /** The news that a batch is whole, and the entry that brought it. */
  record Closing(Entry entry, Effect.BatchClosed closed) {}

  private static final Unnest<Entry> OF_BATCH =
      Unnest.<Entry>by("id", Unnest.Type.UUID, entry -> entry.task().id())
          .with("batch_id", Unnest.Type.UUID, entry -> entry.task().batchId())
          .with("tenant", TEXT, entry -> entry.task().tenant())
          .with("state", TEXT, entry -> entry.outcome().state().label());

  /** A task of another tenant that names the batch is not counted, nor keeps others from being. */
  private static final String COUNT =
      """
      insert into batch as known (id, tenant, succeeded, dead, cancelled, expired)
      select distinct on (batch_id) batch_id, tenant,
          count(*) filter (where state = 'succeeded'), count(*) filter (where state = 'dead'),
          count(*) filter (where state = 'cancelled'), count(*) filter (where state = 'expired')
        from (%s) as new
       where new.tenant
           = coalesce((select batch.tenant from batch where batch.id = new.batch_id), new.tenant)
       group by batch_id, tenant order by batch_id, tenant
      on conflict (id) do update set
          succeeded = known.succeeded + excluded.succeeded, dead = known.dead + excluded.dead,
          cancelled = known.cancelled + excluded.cancelled,
          expired = known.expired + excluded.expired,
          finished_at = case when known.succeeded + known.dead + known.cancelled + known.expired
              + excluded.succeeded + excluded.dead + excluded.cancelled + excluded.expired
              >= known.total then now() end
        where known.tenant = excluded.tenant
      returning id, finished_at is not null and on_complete is not null
      """;

  private static final String CLOSE =
      """
      insert into batch as known (id, tenant, total, on_complete) values (?, ?, ?, ?)
      on conflict (id) do update set
          total = greatest(known.total, excluded.total),
          on_complete = coalesce(known.on_complete, excluded.on_complete),
          finished_at = case when known.succeeded + known.dead + known.cancelled + known.expired
              >= greatest(known.total, excluded.total) then coalesce(known.finished_at, now()) end
        where known.tenant = excluded.tenant
      returning id, finished_at is not null and on_complete is not null
      """;

  private static final String LOCK = "select from batch where id = any (?) order by id for update";

  /**
   * Nothing but a batch's end makes such a row due, so that its being so tells that it was started.
   * In a statement after the one that locks the batch: only that sees the row of a closing whose
   * transaction the lock waited for.
   */
  private static final String START =
      """
      update task set
          due_at = case when batch.cancelled_at is null then coalesce(task.run_at, now()) end,
          state = case when batch.cancelled_at is null then 'scheduled' else 'cancelled' end,
          finished_at = case when batch.cancelled_at is not null then now() end
        from batch
       where batch.id = any (?) and batch.finished_at is not null and task.id = batch.on_complete
         and task.state = 'scheduled' and task.due_at is null
      """;

  private Batches() {}

  /** Writes ends and closings, when the rows of what is to follow are there. */
  static void write(Connection connection, List<Entry> ended, List<Closing> closings)
      throws SQLException {
    List<UUID> complete = new ArrayList<>();
    if (!closings.isEmpty()) {
      lock(connection, ended, closings);
      close(connection, closings, complete);
    }
    if (!ended.isEmpty()) {
      try (PreparedStatement count = OF_BATCH.prepare(connection, COUNT, ended)) {
        execute(count, complete);
      }
    }
    if (!complete.isEmpty()) {
      try (PreparedStatement start = connection.prepareStatement(START)) {
        start.setArray(1, connection.createArrayOf("uuid", complete.toArray()));
        start.executeUpdate();
      }
    }
  }

  /** Two statements about several batches must not lock them in two orders. */
  private static void lock(Connection connection, List<Entry> ended, List<Closing> closings)
      throws SQLException {
    List<UUID> ids = new ArrayList<>();
    ended.forEach(entry -> ids.add(entry.task().batchId()));
    closings.forEach(closing -> ids.add(closing.closed.batch()));
    try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
      lock.setArray(1, connection.createArrayOf("uuid", ids.stream().distinct().toArray()));
      lock.execute();
    }
  }

  private static void close(Connection connection, List<Closing> closings, List<UUID> complete)
      throws SQLException {
    List<Closing> sorted = new ArrayList<>(closings);
    sorted.sort(Comparator.comparing(closing -> closing.closed.batch()));
    try (PreparedStatement close = connection.prepareStatement(CLOSE)) {
      for (Closing each : sorted) {
        Task onComplete = each.closed.onComplete();
        close.setObject(1, each.closed.batch());
        close.setString(2, each.entry.task().tenant());
        close.setInt(3, each.closed.total());
        close.setObject(4, onComplete == null ? null : onComplete.id(), Types.OTHER);
        execute(close, complete);
      }
    }
  }

  private static void execute(PreparedStatement statement, List<UUID> complete)
      throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        if (row.getBoolean(2)) {
          complete.add(row.getObject(1, UUID.class));
        }
      }
    }
  }
}
