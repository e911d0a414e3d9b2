package io.taskfleet.gateway.status;

import io.taskfleet.gateway.TestGateway;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A row of the table of tasks, as a worker leaves it. */
record TaskRow(UUID id, String state) {

  static TaskRow ended(UUID id) {
    return new TaskRow(id, "succeeded");
  }

  void insertInto(TestGateway gateway) {
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload, payload_hash, result, source_topic, source_partition, source_offset,
                worker, created_at, finished_at)
            values (:id, 'default', 'analytics', 'normal', 'k', :state, 1, 1, '{"name":"a"}', '',
                '{"ok":true}', 'taskfleet.analytics', 0, 0, 'w', now(), now())
            """)
        .param("id", id)
        .param("state", state)
        .update();
  }
}
