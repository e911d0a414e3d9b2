package io.taskfleet.worker.timer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The rows of {@code task} that wait behind an earlier task of their lane. As in {@link DueTasks},
 * nothing waits for a lock. Used by one thread.
 */
final class ParkedTasks {
  private static final int LANES_AT_ONCE = 10_000;

  /**
   * Goes from the first task of one lane to that of the next, so that it matters little how many
   * wait behind. One relay in the fleet at a time is enough.
   */
  private static final String RELEASE =
      """
      with recursive lane as (
        (select id, state, due_at, type, priority, tenant, ordering_key, 1 as n
           from task
          where (select pg_try_advisory_xact_lock(hashtext('taskfleet.parked')))
            and key_position is not null
            and state not in ('succeeded', 'dead', 'cancelled', 'expired')
            and (type, priority, tenant, ordering_key) > (?, ?, ?, ?)
          order by type, priority, tenant, ordering_key, key_position limit 1)
        union all
        select next.*, lane.n + 1
          from lane cross join lateral (
            select id, state, due_at, type, priority, tenant, ordering_key
              from task
             where key_position is not null
               and state not in ('succeeded', 'dead', 'cancelled', 'expired')
               and (type, priority, tenant, ordering_key)
                 > (lane.type, lane.priority, lane.tenant, lane.ordering_key)
             order by type, priority, tenant, ordering_key, key_position limit 1) as next
         where lane.n < ?),
      held as (
        select task.id
          from task join lane on task.id = lane.id
         where lane.state = 'deferred' and lane.due_at is null
           and task.state = 'deferred' and task.due_at is null
           for update of task skip locked),
      released as (
        update task set due_at = now() from held where task.id = held.id returning task.id)
      select type, priority, tenant, ordering_key, n, (select count(*) from released) as released
        from lane order by n desc limit 1
      """;

  /** What is told apart by these keeps an order of its own. */
  private record Lane(String type, String priority, String tenant, String key) {
    static final Lane BEFORE_ALL = new Lane("", "", "", "");
  }

  private final DataSource database;
  private Lane reached = Lane.BEFORE_ALL;

  ParkedTasks(DataSource database) {
    this.database = database;
  }

  /**
   * Makes tasks due that wait behind an earlier task of their lane though none is unfinished any
   * more, one of each lane. Whoever finished the earlier one should have done so, and may have
   * died. Where there are very many lanes, the next call goes on where this one has stopped.
   *
   * @return how many there were
   */
  int release() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement update = connection.prepareStatement(RELEASE)) {
      update.setString(1, reached.type);
      update.setString(2, reached.priority);
      update.setString(3, reached.tenant);
      update.setString(4, reached.key);
      update.setInt(5, LANES_AT_ONCE);
      try (ResultSet last = update.executeQuery()) {
        if (!last.next()) {
          reached = Lane.BEFORE_ALL;
          return 0;
        }
        reached = last.getInt("n") < LANES_AT_ONCE ? Lane.BEFORE_ALL : lane(last);
        return last.getInt("released");
      }
    }
  }

  private static Lane lane(ResultSet row) throws SQLException {
    return new Lane(
        row.getString("type"),
        row.getString("priority"),
        row.getString("tenant"),
        row.getString("ordering_key"));
  }
}
