package io.taskfleet.gateway.timeline;

import static io.taskfleet.gateway.postgres.RowTimes.time;
import static io.taskfleet.gateway.postgres.RowTimes.timeOrNull;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.TaskState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What Postgres knows of the course of a task. */
final class TimelineRows {
  private static final String FIND_TASK =
      """
      select type, state, attempt, delivery, source_topic, source_partition, source_offset, worker,
             error_code, created_at, run_at, started_at, finished_at
        from task where tenant = :tenant and id = :id
      """;

  private static final String FIND_LINES =
      """
      select delivery, attempt, outcome, error_class, error_detail, worker, started_at, finished_at
        from task_attempt where task_id = :id
       order by delivery desc, finished_at desc limit :limit
      """;

  private final JdbcClient jdbc;
  private final Turns turns;

  TimelineRows(JdbcClient jdbc, Turns turns) {
    this.jdbc = jdbc;
    this.turns = turns;
  }

  /** Where a record stands. */
  record Place(String topic, int partition, long offset) {}

  /**
   * A row of {@code task}.
   *
   * @param delivery the last one whose outcome is recorded
   * @param source where its record stood; null of a task that no record has brought
   */
  record TaskLine(
      String type,
      TaskState state,
      int attempt,
      int delivery,
      @Nullable Place source,
      String worker,
      @Nullable String errorCode,
      Instant createdAt,
      @Nullable Instant runAt,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt) {}

  /** A row of {@code task_attempt}: an attempt that failed, or what somebody did. */
  record AttemptLine(
      int delivery,
      int attempt,
      String outcome,
      Event.Reason reason,
      String worker,
      @Nullable Instant startedAt,
      Instant finishedAt) {}

  /** A task and the latest of its attempts, in order. */
  record Course(TaskLine task, List<AttemptLine> attempts) {}

  /**
   * The course of the tenant's task, if it has a row.
   *
   * @param atMost how many attempts are read
   * @throws ProblemException if Postgres does not answer
   */
  Optional<Course> find(String tenant, UUID id, int atMost) {
    return turns.ask(
        () ->
            jdbc.sql(FIND_TASK)
                .param("tenant", tenant)
                .param("id", id)
                .query((row, number) -> task(row))
                .optional()
                .map(task -> new Course(task, attempts(id, atMost))));
  }

  private List<AttemptLine> attempts(UUID id, int atMost) {
    return jdbc.sql(FIND_LINES)
        .param("id", id)
        .param("limit", atMost)
        .query((row, number) -> attempt(row))
        .list()
        .reversed();
  }

  private static TaskLine task(ResultSet row) throws SQLException {
    String topic = row.getString("source_topic");
    return new TaskLine(
        row.getString("type"),
        TaskState.of(row.getString("state")),
        row.getInt("attempt"),
        row.getInt("delivery"),
        topic == null
            ? null
            : new Place(topic, row.getInt("source_partition"), row.getLong("source_offset")),
        row.getString("worker"),
        row.getString("error_code"),
        time(row, "created_at"),
        timeOrNull(row, "run_at"),
        timeOrNull(row, "started_at"),
        timeOrNull(row, "finished_at"));
  }

  private static AttemptLine attempt(ResultSet row) throws SQLException {
    return new AttemptLine(
        row.getInt("delivery"),
        row.getInt("attempt"),
        row.getString("outcome"),
        new Event.Reason(row.getString("error_class"), row.getString("error_detail")),
        row.getString("worker"),
        timeOrNull(row, "started_at"),
        time(row, "finished_at"));
  }
}
