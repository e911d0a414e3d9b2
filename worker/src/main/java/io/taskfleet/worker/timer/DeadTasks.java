package io.taskfleet.worker.timer;

import io.taskfleet.task.ReasonCode;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows of {@code task} that are dead, and the redrives that bring them back. */
final class DeadTasks {
  private static final Logger log = LoggerFactory.getLogger(DeadTasks.class);
  private static final int LARGEST_SLICE = 500;
  private static final int LOOKED_AT_ONCE = 5_000;
  private static final int SLICES_PER_SECOND = 4;

  private static final String TAKE =
      """
      select id, tenant, type, error_code, error_class, task_ids, died_from,
             coalesce(died_until, created_at) as died_until, per_second, reached_at, reached_id,
             requested_by
        from redrive where state = 'running' and continue_at <= now()
       order by continue_at limit 1 for update skip locked
      """;

  /**
   * Answers the last task looked at. What died is taken in the order in which it died, so that no
   * slice looks at what an earlier one has looked at, and only so many at once, however few pass
   * the filters. One that dies again is known by its line in the timeline, even if its worker's
   * clock is behind. Batches are locked in an order, as the ledger does.
   */
  private static final String MOVE =
      """
      with looked as materialized (
        select id, finished_at, tenant, type, error_code, error_class from <tasks>
         where state = 'dead' and (finished_at, id) > (?, ?) and finished_at < ? <since>
         order by finished_at, id limit ?),
      candidate as (
        select task.id, looked.finished_at, attempt, payload is not null as kept,
               redrive_count < ? as allowed
          from looked join task on task.id = looked.id
         where task.state = 'dead' <filters>
           and (select count(*) from task_attempt
                 where task_id = task.id and outcome = 'redriven'
                   and task_attempt.error_detail = ?) = 0
         order by looked.finished_at, looked.id limit ? for update of task),
      moved as (
        update task set state = 'queued', due_at = now(), attempt = 0,
            redrive_count = redrive_count + 1, error_code = null, error_class = null,
            error_detail = null, first_failed_at = null, started_at = null, finished_at = null
          from candidate where task.id = candidate.id and kept and allowed
        returning task.id, task.delivery, task.batch_id, candidate.attempt as spent),
      refused as (
        update task set error_code = ?
          from candidate where task.id = candidate.id and kept and not allowed),
      told as (
        insert into task_attempt (task_id, delivery, attempt, outcome, error_class, error_detail,
            worker, finished_at)
        select id, delivery, spent, 'redriven', 'operator', ?, ?, now() from moved
        on conflict (task_id, delivery, outcome) do update set
            error_detail = excluded.error_detail, worker = excluded.worker,
            finished_at = excluded.finished_at),
      locked as (
        select id from batch where id in (select batch_id from moved) order by id for update),
      reopened as (
        update batch set dead = dead - back.tasks, finished_at = null
          from locked join
               (select batch_id, count(*)::int as tasks from moved group by batch_id) as back
            on locked.id = back.batch_id
         where batch.id = locked.id),
      counted as (select count(*) as seen, count(*) >= ? as is_full from candidate),
      reached as (
        select id, finished_at from candidate where (select is_full from counted)
        union all
        select id, finished_at from looked where not (select is_full from counted))
      select seen, (select array_agg(id) from moved) as moved, finished_at, id
        from counted, reached order by finished_at desc, id desc limit 1
      """;

  /** Their index is the only one that has what is asked for. */
  private static final String NAMED = "(select * from task where id = any (?) offset 0) as task";

  private static final String[] FILTERS = {"tenant", "type", "error_code", "error_class"};

  /** Time lost is made up for, up to a second of it. */
  private static final String GO_ON =
      """
      update redrive set moved = moved + ?, refused = refused + ?, reached_at = ?, reached_id = ?,
          continue_at = greatest(continue_at, now() - interval '1 second')
              + make_interval(secs => ?::float8 / per_second)
       where id = ?
      """;

  private static final String FINISH =
      "update redrive set state = 'done', finished_at = now() where id = ? returning moved, refused";

  private final int cap;

  DeadTasks(int cap) {
    this.cap = cap;
  }

  /** What came of a turn: whether there was anything to do, and which tasks were moved. */
  record Slice(boolean isWork, List<UUID> moved) {
    static final Slice NOTHING = new Slice(false, List.of());
  }

  /** Carries on the redrive that has waited for longest, if one may go on by now. */
  Slice moveSlice(Connection connection) throws SQLException {
    try (PreparedStatement take = connection.prepareStatement(TAKE);
        ResultSet redrive = take.executeQuery()) {
      return redrive.next() ? new Slice(true, move(connection, redrive)) : Slice.NOTHING;
    }
  }

  private List<UUID> move(Connection connection, ResultSet redrive) throws SQLException {
    UUID id = redrive.getObject("id", UUID.class);
    List<@Nullable Object> values = new ArrayList<>();
    String sql = statement(redrive, "redrive " + id, values);
    try (PreparedStatement move = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        move.setObject(i + 1, values.get(i));
      }
      try (ResultSet last = move.executeQuery()) {
        if (!last.next()) {
          finish(connection, id);
          return List.of();
        }
        Array moved = last.getArray("moved");
        List<UUID> ids = moved == null ? List.of() : List.of((UUID[]) moved.getArray());
        goOn(connection, id, last, ids.size());
        return ids;
      }
    }
  }

  /** {@link #MOVE} with those filters that are set; its parameters are added in its order. */
  private String statement(ResultSet redrive, String name, List<@Nullable Object> values)
      throws SQLException {
    Array named = redrive.getArray("task_ids");
    if (named != null) {
      values.add(named);
    }
    values.add(redrive.getObject("reached_at", OffsetDateTime.class));
    values.add(redrive.getObject("reached_id"));
    values.add(redrive.getTimestamp("died_until"));
    Timestamp from = redrive.getTimestamp("died_from");
    if (from != null) {
      values.add(from);
    }
    values.add(LOOKED_AT_ONCE);
    values.add(cap);
    StringBuilder filters = new StringBuilder();
    for (String filter : FILTERS) {
      String wanted = redrive.getString(filter);
      if (wanted != null) {
        filters.append("and looked.").append(filter).append(" = ? ");
        values.add(wanted);
      }
    }
    int slice = Math.clamp(redrive.getInt("per_second") / SLICES_PER_SECOND, 1, LARGEST_SLICE);
    values.add(name);
    values.add(slice);
    values.add(ReasonCode.REDRIVE_LIMIT.name());
    values.add(name);
    values.add(redrive.getString("requested_by"));
    values.add(slice);
    return MOVE.replace("<tasks>", named == null ? "task" : NAMED)
        .replace("<since>", from == null ? "" : "and finished_at >= ?")
        .replace("<filters>", filters);
  }

  private static void goOn(Connection connection, UUID id, ResultSet last, long moved)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(GO_ON)) {
      update.setLong(1, moved);
      update.setLong(2, last.getLong("seen") - moved);
      update.setTimestamp(3, last.getTimestamp("finished_at"));
      update.setObject(4, last.getObject("id"));
      update.setLong(5, moved);
      update.setObject(6, id);
      update.executeUpdate();
    }
  }

  private static void finish(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(FINISH)) {
      update.setObject(1, id);
      try (ResultSet done = update.executeQuery()) {
        if (done.next()) {
          log.info("redrive {}: {} moved, {} refused", id, done.getLong(1), done.getLong(2));
        }
      }
    }
  }
}
