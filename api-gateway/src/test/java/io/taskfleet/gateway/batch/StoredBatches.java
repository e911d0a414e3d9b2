package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.TestGateway;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Batches of the tenant {@code default} as workers leave them in Postgres. */
final class StoredBatches {
  private final JdbcClient jdbc;

  StoredBatches(TestGateway gateway) {
    jdbc = gateway.bean(JdbcClient.class);
  }

  void row(UUID id, int total, int succeeded) {
    sql(
        "insert into batch (id, tenant, total, succeeded) values (?, 'default', ?, ?)",
        id,
        total,
        succeeded);
  }

  void task(UUID batch, String state, String key) {
    UUID id = UUID.randomUUID();
    task(id, batch, state, key);
  }

  void task(UUID id, UUID batch, String state, String key) {
    sql(
        """
        insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
            payload_hash, result, worker, created_at, batch_id)
        values (?, 'default', 'analytics', 'normal', ?, ?, 1, 1, '', '{"ok":true}', 'w', now(), ?)
        """,
        id,
        key,
        state,
        batch);
  }

  long count(String sql, UUID id) {
    return jdbc.sql(sql).param(id).query(Long.class).single();
  }

  void sql(String sql, Object... parameters) {
    jdbc.sql(sql).params(List.of(parameters)).update();
  }
}
