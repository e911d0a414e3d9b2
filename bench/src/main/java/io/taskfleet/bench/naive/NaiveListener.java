package io.taskfleet.bench.naive;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.bench.task.NumberedPayload;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.wire.TaskHeaders;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Inserts a row for each record, batch by batch. */
final class NaiveListener {
  private static final String INSERT =
      "insert into naive_result (id, payload, result) values (?, ?::json, ?::json)"
          + " on conflict do nothing";

  private final JdbcTemplate database;
  private final TransactionTemplate transactions;
  private final JsonMapper mapper = StrictJson.mapper();

  NaiveListener(JdbcTemplate database, TransactionTemplate transactions) {
    this.database = database;
    this.transactions = transactions;
  }

  @KafkaListener(
      topics = "taskfleet.noop",
      groupId = "naive",
      batch = "true",
      concurrency = "${naive.concurrency}")
  void onBatch(List<ConsumerRecord<byte[], byte[]>> records) {
    transactions.executeWithoutResult(
        status -> database.batchUpdate(INSERT, records, records.size(), this::bind));
  }

  private void bind(PreparedStatement insert, ConsumerRecord<byte[], byte[]> task)
      throws SQLException {
    insert.setObject(1, id(task));
    NumberedPayload payload = mapper.readValue(task.value(), NumberedPayload.class);
    insert.setString(2, mapper.writeValueAsString(payload));
    insert.setString(3, mapper.writeValueAsString(new Result(true)));
  }

  private static UUID id(ConsumerRecord<byte[], byte[]> task) {
    byte[] value = Objects.requireNonNull(task.headers().lastHeader(TaskHeaders.ID)).value();
    return UUID.fromString(new String(value, UTF_8));
  }

  private record Result(boolean ok) {}
}
