package io.taskfleet.handler.test;

import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.wire.TopicLayout;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.ledger.Aftermath;
import io.taskfleet.worker.ledger.Ledger;
import io.taskfleet.worker.ledger.TaskTable;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.telemetry.LedgerMeters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A worker's ledger on servers of this machine, in a database of its own. */
final class Books implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_FOLLOW_UPS = 1_000;
  private static final String FIND =
      """
      select type, payload::text, state, attempt, result::text, error_code, error_detail, due_at
        from task where id = ?
      """;

  private final PGSimpleDataSource database = new PGSimpleDataSource();
  private final RedisClient redis;
  private final StatusCache cache;
  private final Producer<byte[], byte[]> producer;
  private final Ledger ledger;
  private long offset;

  Books(String type) {
    LocalStack stack = SharedLocalStack.get();
    database.setUrl(SharedLocalStack.createDatabase("handler_test"));
    database.setUser(stack.jdbcUser());
    database.setPassword(stack.jdbcPassword());
    Flyway.configure().dataSource(database).load().migrate();
    createTopics(stack.kafkaBootstrap(), type);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", stack.kafkaBootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    redis = RedisClient.create(stack.redisUri());
    cache = new StatusCache(redis, Duration.ofHours(1));
    cache.start();
    ledger =
        new Ledger(
            database,
            new TaskTable(database, "test"),
            new Aftermath(producer, cache),
            new LedgerMeters(new SimpleMeterRegistry(), Clock.systemUTC()),
            "test");
    ledger.start();
  }

  /** Records what became of a task, with all that follows the commit. */
  void record(Task task, Entry.Outcome outcome) {
    CompletableFuture<@Nullable Void> durable = new CompletableFuture<>();
    ledger.submit(new Entry(record(task), task, null, outcome, receipt(durable)));
    durable.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  private static Entry.Receipt receipt(CompletableFuture<@Nullable Void> durable) {
    return new Entry.Receipt() {
      @Override
      public void finished() {
        durable.complete(null);
      }

      @Override
      public void conflicted() {
        durable.completeExceptionally(new IllegalStateException("the id has another payload"));
      }
    };
  }

  /** As the task would have come from its topic. */
  private ConsumerRecord<byte[], byte @Nullable []> record(Task task) {
    ProducerRecord<byte[], byte[]> sent = TaskCodec.encode(task);
    return new ConsumerRecord<>(
        sent.topic(),
        0,
        offset++,
        task.createdAt().toEpochMilli(),
        TimestampType.CREATE_TIME,
        sent.key().length,
        sent.value().length,
        sent.key(),
        sent.value(),
        sent.headers(),
        Optional.empty());
  }

  Optional<Recorded> find(UUID id) {
    try (Connection connection = database.getConnection();
        PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setObject(1, id);
      try (ResultSet row = find.executeQuery()) {
        return row.next() ? Optional.of(read(row)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  List<Recorded> following(UUID parent) {
    List<Recorded> found = new ArrayList<>();
    for (int i = 0; i < MOST_FOLLOW_UPS; i++) {
      Optional<Recorded> next = find(TaskIds.fromParent(parent, "follow-up " + i));
      if (next.isEmpty()) {
        break;
      }
      found.add(next.get());
    }
    return found;
  }

  private static Recorded read(ResultSet row) throws SQLException {
    Timestamp dueAt = row.getTimestamp("due_at");
    return new Recorded(
        row.getString("type"),
        row.getString("payload"),
        row.getString("state"),
        row.getInt("attempt"),
        row.getString("result"),
        row.getString("error_code"),
        row.getString("error_detail"),
        dueAt == null ? null : dueAt.toInstant());
  }

  private static void createTopics(String bootstrap, String type) {
    List<NewTopic> topics =
        new TopicLayout(1, 1, Duration.ofHours(1), Duration.ofHours(1)).topics(List.of(type));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      for (var created : admin.createTopics(topics).values().values()) {
        try {
          created.get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw new IllegalStateException(e);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      ledger.drain(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cache.close();
    redis.shutdown();
    producer.close(PATIENCE);
  }
}
