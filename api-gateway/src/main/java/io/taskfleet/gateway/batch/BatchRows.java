package io.taskfleet.gateway.batch;

import static io.taskfleet.gateway.postgres.RowTimes.time;
import static io.taskfleet.gateway.postgres.RowTimes.timeOrNull;

import io.taskfleet.gateway.batch.Openings.Opening;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.status.TaskRows;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Batches in Postgres, and their tasks. */
final class BatchRows {
  private static final long PAGE_BYTES = 2 << 20;
  private static final int FETCH = 32;

  private static final String OPEN =
      """
      insert into batch (id, tenant, created_at)
      select * from unnest(:ids, :tenants, :times) order by 1
      on conflict do nothing
      """;

  private static final String SELECT =
      """
      select id, total, succeeded, dead, cancelled, expired, on_complete, created_at, cancelled_at,
             finished_at
        from batch
      """;

  private static final String FIND = SELECT + " where tenant = :tenant and id = :id";

  private static final String FIND_ALL = SELECT + " where id = any(:ids)";

  private static final String RESULTS =
      """
      select id, type, state, ordering_key, attempt, result, error_code, error_class, error_detail,
             finished_at
        from task
       where batch_id = :batch and tenant = :tenant and id > :after
         and state in ('succeeded', 'dead', 'cancelled', 'expired')
       order by batch_id, id limit :page
      """;

  private static final String MARK =
      """
      update batch set cancelled_at = coalesce(cancelled_at, now())
       where tenant = :tenant and id = :id and finished_at is null
      """;

  // Whoever hears of the end of a task hears nothing of its bodies.
  private static final String STOPPED =
      " returning "
          + TaskRows.COLUMNS
              .replace("payload,", "null as payload,")
              .replace("result", "null as result");

  /** What is locked is being written by a worker, who cancels it when it comes by again. */
  private static final String STOP =
      """
      with waiting as (
        select id as waiting_id from task
         where batch_id = :id and tenant = :tenant and state in ('scheduled', 'retrying', 'deferred')
         limit :most for update skip locked)
      update task set state = 'cancelled', due_at = null, finished_at = now()
        from waiting where task.id = waiting_id
      """
          + STOPPED;

  private static final String COUNT =
      """
      update batch set cancelled = cancelled + :stopped,
          finished_at = case when succeeded + dead + cancelled + expired + :stopped >= total
              then now() end
       where tenant = :tenant and id = :id
      """;

  private static final String STOP_NEXT =
      """
      update task set state = 'cancelled', finished_at = now()
       where id = (select on_complete from batch
                    where tenant = :tenant and id = :id and finished_at is not null)
         and state = 'scheduled' and due_at is null
      """
          + STOPPED;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final BatchProperties properties;
  private final Turns turns;

  BatchRows(JdbcClient jdbc, TransactionOperations transactions, BatchProperties properties) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.properties = properties;
    this.turns =
        new Turns(
            properties.queriesAtOnce(),
            properties.patience(),
            "the batch cannot be looked up at the moment");
  }

  /**
   * Writes the rows of batches that have begun, unless they are there.
   *
   * @throws ProblemException if Postgres does not answer, as with all of these
   */
  void open(List<Opening> openings) {
    int _ =
        turns.ask(
            () ->
                jdbc.sql(OPEN)
                    .param("ids", openings.stream().map(Opening::id).toArray(UUID[]::new))
                    .param("tenants", openings.stream().map(Opening::tenant).toArray(String[]::new))
                    .param(
                        "times",
                        openings.stream()
                            .map(each -> Timestamp.from(each.at()))
                            .toArray(Timestamp[]::new))
                    .update());
  }

  /** The tenant's batch of this id. */
  Optional<Batch> find(String tenant, UUID id) {
    return turns.ask(
        () ->
            jdbc.sql(FIND)
                .param("tenant", tenant)
                .param("id", id)
                .query((row, number) -> batch(row))
                .optional());
  }

  /** Those of these batches that are there, whosever they are. */
  List<Batch> findAll(Collection<UUID> ids) {
    return turns.ask(
        () ->
            jdbc.sql(FIND_ALL)
                .param("ids", ids.toArray(UUID[]::new))
                .query((row, number) -> batch(row))
                .list());
  }

  /** Some results, and whether they are the last there are. */
  record ResultPage(List<TaskResult> results, boolean isLast) {}

  /**
   * The tenant's tasks of this batch that have ended, by id, after this one: so many, or as many as
   * have a good deal of results together. They are read in portions, so that what is too much is
   * not even fetched.
   */
  ResultPage results(String tenant, UUID batch, UUID after, int page) {
    ResultSetExtractor<ResultPage> few = rows -> page(rows, page);
    JdbcClient.StatementSpec select =
        jdbc.sql(RESULTS)
            .withFetchSize(FETCH)
            .param("batch", batch)
            .param("tenant", tenant)
            .param("after", after)
            .param("page", page);
    return turns.ask(transactions, () -> Objects.requireNonNull(select.query(few)));
  }

  private static ResultPage page(ResultSet rows, int page) throws SQLException {
    List<TaskResult> results = new ArrayList<>();
    long bytes = 0;
    while (bytes < PAGE_BYTES && rows.next()) {
      TaskResult result = result(rows);
      results.add(result);
      bytes += result.result() == null ? 0 : result.result().utf8().length;
    }
    return new ResultPage(results, bytes < PAGE_BYTES && results.size() < page);
  }

  /**
   * Cancels what waits in Postgres, up to a bound, and has the workers cancel what waits elsewhere.
   * Answers what it has cancelled; empty if there is no such batch that has not ended.
   */
  Optional<List<TaskStatus>> cancel(String tenant, UUID id) {
    return turns.ask(transactions, () -> cancelInTransaction(tenant, id));
  }

  private Optional<List<TaskStatus>> cancelInTransaction(String tenant, UUID id) {
    if (jdbc.sql(MARK).param("tenant", tenant).param("id", id).update() == 0) {
      return Optional.empty();
    }
    List<TaskStatus> stopped =
        new ArrayList<>(
            stopped(
                jdbc.sql(STOP)
                    .param("tenant", tenant)
                    .param("id", id)
                    .param("most", properties.cancelAtOnce())));
    int _ =
        jdbc.sql(COUNT)
            .param("tenant", tenant)
            .param("id", id)
            .param("stopped", stopped.size())
            .update();
    stopped.addAll(stopped(jdbc.sql(STOP_NEXT).param("tenant", tenant).param("id", id)));
    return Optional.of(stopped);
  }

  private static List<TaskStatus> stopped(JdbcClient.StatementSpec stop) {
    return stop.query((row, number) -> TaskRows.read(row)).list();
  }

  private static Batch batch(ResultSet row) throws SQLException {
    return new Batch(
        row.getObject("id", UUID.class),
        row.getObject("total", Integer.class),
        row.getInt("succeeded"),
        row.getInt("dead"),
        row.getInt("cancelled"),
        row.getInt("expired"),
        row.getObject("on_complete", UUID.class),
        time(row, "created_at"),
        timeOrNull(row, "cancelled_at"),
        timeOrNull(row, "finished_at"));
  }

  private static TaskResult result(ResultSet row) throws SQLException {
    String json = row.getString("result");
    String code = row.getString("error_code");
    String detail = row.getString("error_detail");
    return new TaskResult(
        row.getObject("id", UUID.class),
        row.getString("type"),
        TaskState.of(row.getString("state")),
        row.getString("ordering_key"),
        row.getInt("attempt"),
        json == null ? null : new RawJson(json.getBytes(StandardCharsets.UTF_8)),
        code == null
            ? null
            : new TaskError(code, detail == null ? "" : detail, row.getString("error_class")),
        timeOrNull(row, "finished_at"));
  }
}
