package io.taskfleet.worker.rollup;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Events as the ledger stores them. */
final class StoredEvents {
  private static final String INSERT =
      "insert into analytics_event (id, tenant, name, user_id, value, properties, at, batch)"
          + " values (?, ?, ?, ?, ?, ?::json, ?, ?)";

  private final JdbcClient database;
  private final String tenant;

  StoredEvents(JdbcClient database, String tenant) {
    this.database = database;
    this.tenant = tenant;
  }

  String tenant() {
    return tenant;
  }

  record Stored(
      String name,
      Instant at,
      @Nullable BigDecimal value,
      @Nullable String user,
      @Nullable String properties) {}

  /** In one batch. */
  void store(List<Stored> events) {
    long batch =
        database
            .sql("insert into analytics_pending (events) values (?) returning batch")
            .param(events.size())
            .query(Long.class)
            .single();
    events.forEach(event -> insert(event, batch));
  }

  /** As workers did that knew no batches. */
  void storeWithoutBatch(List<Stored> events) {
    events.forEach(event -> insert(event, null));
  }

  private void insert(Stored event, @Nullable Long batch) {
    database
        .sql(INSERT)
        .param(UUID.randomUUID())
        .param(tenant)
        .param(event.name())
        .param(event.user())
        .param(event.value())
        .param(event.properties())
        .param(event.at().atOffset(ZoneOffset.UTC))
        .param(batch)
        .update();
  }

  Map<Totals.Key, Totals.Sums> buckets() {
    return Totals.stored(database, tenant);
  }

  long pending() {
    return database.sql("select count(*) from analytics_pending").query(Long.class).single();
  }
}
