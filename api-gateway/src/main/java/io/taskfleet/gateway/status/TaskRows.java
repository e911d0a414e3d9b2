package io.taskfleet.gateway.status;

import static io.taskfleet.gateway.postgres.RowTimes.time;
import static io.taskfleet.gateway.postgres.RowTimes.timeOrNull;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tasks in Postgres. */
public final class TaskRows {
  /** What {@link #read} needs. */
  public static final String COLUMNS =
      """
      id, tenant, type, state, priority, ordering_key, attempt, max_attempts, payload, result,
      error_code, error_class, error_detail, tags, batch_id, created_at, run_at, due_at,
      started_at, finished_at
      """;

  private static final String FIND =
      "select " + COLUMNS + " from task where tenant = :tenant and id = :id";

  private static final String GLANCE =
      "select id, state, attempt, due_at from task where id = any(:ids)";

  private final JdbcClient jdbc;
  private final Turns turns;

  TaskRows(JdbcClient jdbc, Turns turns) {
    this.jdbc = jdbc;
    this.turns = turns;
  }

  /**
   * The tenant's task of this id, if it has been attempted, scheduled or ended.
   *
   * @throws ProblemException if Postgres does not answer
   */
  public Optional<TaskStatus> find(String tenant, UUID id) {
    return turns.ask(
        () ->
            jdbc.sql(FIND)
                .param("tenant", tenant)
                .param("id", id)
                .query((rows, number) -> read(rows))
                .optional());
  }

  /** What tells that a task has changed. */
  record Glance(UUID id, TaskState state, int attempt, @Nullable Instant dueAt) {}

  /**
   * How these tasks stand, whosever they are.
   *
   * @throws ProblemException if Postgres does not answer
   */
  List<Glance> glance(Set<UUID> ids) {
    return turns.ask(
        () ->
            jdbc.sql(GLANCE)
                .param("ids", ids.toArray(UUID[]::new))
                .query(
                    (row, number) ->
                        new Glance(
                            row.getObject("id", UUID.class),
                            TaskState.of(row.getString("state")),
                            row.getInt("attempt"),
                            timeOrNull(row, "due_at")))
                .list());
  }

  /** The task in this row. */
  public static TaskStatus read(ResultSet row) throws SQLException {
    return new TaskStatus(
        row.getObject("id", UUID.class),
        row.getString("tenant"),
        row.getString("type"),
        TaskState.of(row.getString("state")),
        Priority.of(row.getString("priority")),
        row.getString("ordering_key"),
        row.getInt("attempt"),
        row.getObject("max_attempts", Integer.class),
        json(row, "payload"),
        json(row, "result"),
        error(row),
        tags(row),
        row.getObject("batch_id", UUID.class),
        time(row, "created_at"),
        timeOrNull(row, "run_at"),
        timeOrNull(row, "due_at"),
        timeOrNull(row, "started_at"),
        timeOrNull(row, "finished_at"),
        null);
  }

  private static @Nullable TaskError error(ResultSet row) throws SQLException {
    String code = row.getString("error_code");
    if (code == null) {
      return null;
    }
    String detail = row.getString("error_detail");
    return new TaskError(code, detail == null ? "" : detail, row.getString("error_class"));
  }

  private static @Nullable Tags tags(ResultSet row) throws SQLException {
    String text = row.getString("tags");
    return text == null ? null : new Tags(text);
  }

  private static @Nullable RawJson json(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    return text == null ? null : new RawJson(text.getBytes(StandardCharsets.UTF_8));
  }
}
