package io.taskfleet.gateway.cancel;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Ends rows of {@code task}. Workers find them by {@code finished_at}, which must be Postgres' time
 * and that of a short transaction.
 */
final class CancelledRows {
  /** A relay puts no row on a topic that has no due time, nor one that has ended. */
  private static final String END =
      """
      with ended as (
        update task set state = 'cancelled', finished_at = now(), due_at = null
         where tenant = :tenant and id = :id
           and state not in ('succeeded', 'dead', 'cancelled', 'expired')
        returning id, tenant, delivery, attempt, batch_id)
      """;

  /**
   * For a task that waits in a queue, or runs for the first time. It has spent nothing and no
   * delivery of it is recorded; what a worker records later changes nothing.
   */
  private static final String INSERT =
      """
      with ended as (
        insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
            max_attempts, payload, payload_hash, run_at, tags, batch_id, worker, created_at,
            finished_at)
        values (:id, :tenant, :type, :priority, :key, 'cancelled', 0, 0, :maxAttempts,
            cast(:payload as json), :hash, :runAt, :tags, :batch, 'gateway', :createdAt, now())
        on conflict (id) do nothing
        returning id, tenant, delivery, attempt, batch_id)
      """;

  /** As the ledger counts: the row that ends is the one that is counted. */
  private static final String EFFECTS =
      """
      , told as (
        insert into task_attempt (task_id, delivery, attempt, outcome, error_class, error_detail,
            worker, finished_at)
        select id, delivery, attempt, 'cancelled', 'caller', '', :by, now() from ended
        on conflict do nothing),
      counted as (
        insert into batch as known (id, tenant, cancelled)
        select batch_id, tenant, 1 from ended where batch_id is not null
        on conflict (id) do update set
            cancelled = known.cancelled + 1,
            finished_at = case when known.succeeded + known.dead + known.cancelled + known.expired
                + 1 >= known.total then now() end
          where known.tenant = excluded.tenant)
      select batch_id from ended
      """;

  /**
   * What follows a batch whose last task this was: as the worker that ends a batch does it, in a
   * statement of its own after the one that has locked the batch.
   */
  private static final String START_WHAT_FOLLOWS =
      """
      update task set
          due_at = case when batch.cancelled_at is null then coalesce(task.run_at, now()) end,
          state = case when batch.cancelled_at is null then 'scheduled' else 'cancelled' end,
          finished_at = case when batch.cancelled_at is not null then now() end
        from batch
       where batch.id = :batch and batch.finished_at is not null
         and task.id = batch.on_complete and task.state = 'scheduled' and task.due_at is null
      """;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Turns turns;

  CancelledRows(JdbcClient jdbc, TransactionOperations transactions, Turns turns) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.turns = turns;
  }

  /**
   * Ends the tenant's task, if it has a row and has not ended.
   *
   * @param by who wants that, for the timeline
   * @return whether it did
   * @throws ProblemException if Postgres does not answer; it may have done it all the same
   */
  boolean end(String tenant, UUID id, String by) {
    return write(jdbc.sql(END + EFFECTS).param("tenant", tenant).param("id", id).param("by", by));
  }

  /** Makes the row of a task that has none; answers whether it had none. */
  boolean insert(WaitingTask task, byte[] payload, String by) {
    return write(
        jdbc.sql(INSERT + EFFECTS)
            .param("id", task.id())
            .param("tenant", task.tenant())
            .param("type", task.type())
            .param("priority", task.priority().label())
            .param("key", task.key())
            .param("maxAttempts", task.maxAttempts())
            .param("payload", new String(payload, StandardCharsets.UTF_8))
            .param("hash", Sha256.of(payload))
            .param("runAt", time(task.runAt()))
            .param("tags", task.tags() == null ? null : task.tags().text())
            .param("batch", task.batchId())
            .param("createdAt", time(task.createdAt()))
            .param("by", by));
  }

  private boolean write(JdbcClient.StatementSpec end) {
    return turns.ask(
        transactions,
        () -> {
          List<@Nullable UUID> batches =
              end.query((row, number) -> row.getObject("batch_id", UUID.class)).list();
          batches.stream().filter(Objects::nonNull).forEach(this::startWhatFollows);
          return !batches.isEmpty();
        });
  }

  /** That Postgres does not answer. */
  ProblemException away() {
    return turns.away();
  }

  private void startWhatFollows(UUID batch) {
    int _ = jdbc.sql(START_WHAT_FOLLOWS).param("batch", batch).update();
  }

  private static @Nullable OffsetDateTime time(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }
}
