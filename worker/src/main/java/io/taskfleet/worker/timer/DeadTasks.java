package io.taskfleet.worker.timer;

import io.taskfleet.task.ReasonCode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows of {@code task} that are dead, and the redrives that bring them back. */
final class DeadTasks {
  private static final Logger log = LoggerFactory.getLogger(DeadTasks.class);
  private static final int LARGEST_SLICE = 500;
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
   * Answers the last task looked at. A filter that is null is one that every task passes. What died
   * is taken in the order in which it died, so that no slice looks at what an earlier one has
   * looked at. One that dies again is known by its line in the timeline, even if its worker's clock
   * is behind.
   */
  private static final String MOVE =
      """
      with candidate as (
        select id, finished_at, attempt, payload is not null as kept, redrive_count < ? as allowed
          from task
         where state = 'dead' and (finished_at, id) > (?, ?)
           and finished_at < ? and finished_at >= coalesce(?, finished_at)
           and tenant = coalesce(?, tenant) and type = coalesce(?, type)
           and error_code is not distinct from coalesce(?, error_code)
           and error_class is not distinct from coalesce(?, error_class)
           and (?::uuid[] is null or id = any (?::uuid[]))
           and not exists (
             select from task_attempt
              where task_id = task.id and outcome = 'redriven'
                and task_attempt.error_detail = ?)
         order by finished_at, id limit ? for update),
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
      reopened as (
        update batch set dead = dead - back.tasks, finished_at = null
          from (select batch_id, count(*)::int as tasks from moved group by batch_id) as back
         where batch.id = back.batch_id)
      select (select count(*) from candidate) as seen, (select count(*) from moved) as moved,
             finished_at, id
        from candidate order by finished_at desc, id desc limit 1
      """;

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

  /** Carries on the redrive that has waited for longest, if one may go on by now. */
  boolean moveSlice(Connection connection) throws SQLException {
    try (PreparedStatement take = connection.prepareStatement(TAKE);
        ResultSet redrive = take.executeQuery()) {
      if (!redrive.next()) {
        return false;
      }
      UUID id = redrive.getObject("id", UUID.class);
      if (!move(connection, id, redrive)) {
        finish(connection, id);
      }
      return true;
    }
  }

  private boolean move(Connection connection, UUID id, ResultSet redrive) throws SQLException {
    try (PreparedStatement move = connection.prepareStatement(MOVE)) {
      bind(move, redrive, "redrive " + id);
      try (ResultSet last = move.executeQuery()) {
        if (!last.next()) {
          return false;
        }
        goOn(connection, id, last);
        return true;
      }
    }
  }

  /** In the order of {@link #MOVE}. */
  private void bind(PreparedStatement move, ResultSet redrive, String name) throws SQLException {
    int next = 1;
    move.setInt(next++, cap);
    move.setObject(next++, redrive.getObject("reached_at", OffsetDateTime.class));
    move.setObject(next++, redrive.getObject("reached_id"));
    for (String time : new String[] {"died_until", "died_from"}) {
      move.setTimestamp(next++, redrive.getTimestamp(time));
    }
    for (String filter : new String[] {"tenant", "type", "error_code", "error_class"}) {
      move.setString(next++, redrive.getString(filter));
    }
    move.setArray(next++, redrive.getArray("task_ids"));
    move.setArray(next++, redrive.getArray("task_ids"));
    move.setString(next++, name);
    int perSecond = redrive.getInt("per_second");
    move.setInt(next++, Math.clamp(perSecond / SLICES_PER_SECOND, 1, LARGEST_SLICE));
    move.setString(next++, ReasonCode.REDRIVE_LIMIT.name());
    move.setString(next++, name);
    move.setString(next, redrive.getString("requested_by"));
  }

  private static void goOn(Connection connection, UUID id, ResultSet last) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(GO_ON)) {
      long moved = last.getLong("moved");
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
