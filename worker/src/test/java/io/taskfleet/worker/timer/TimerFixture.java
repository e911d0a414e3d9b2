package io.taskfleet.worker.timer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.Groundwork;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A database with the fleet's tables and a way to its topics, without any worker. */
public final class TimerFixture implements AutoCloseable {
  private static final int PARTITIONS = 3;

  private final String bootstrap;
  public final DataSource dataSource;
  public final JdbcClient database;
  public final Producer<byte[], byte[]> producer;

  /** Connects, and creates the tables in an empty database. */
  public TimerFixture(LocalStack stack, String jdbcUrl) {
    bootstrap = stack.kafkaBootstrap();
    dataSource =
        DataSourceBuilder.create()
            .url(jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + "connectTimeout=2&socketTimeout=5")
            .username(stack.jdbcUser())
            .password(stack.jdbcPassword())
            .build();
    database = JdbcClient.create(dataSource);
    Groundwork.createTables(database);
    // As in application.yaml.
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrap,
                "acks", "all",
                "compression.type", "lz4",
                "linger.ms", 0,
                "max.block.ms", 5_000,
                "request.timeout.ms", 5_000,
                "delivery.timeout.ms", 10_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  public void createTopics(String type) {
    Groundwork.createTopics(bootstrap, PARTITIONS, type);
  }

  /** Inserts tasks that wait to be retried, due evenly over the time from now. */
  public void insertDue(String type, int count, Duration over) {
    insertDue(type, Priority.NORMAL, count, over);
  }

  void insertDue(String type, Priority priority, int count, Duration over) {
    database
        .sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload, payload_hash, worker, run_at, due_at, created_at)
            select gen_random_uuid(), 'default', :type, :priority, 'key' || i, 'retrying', 1, 1,
                '{"to":"ada@example.com","subject":"Hello","text":"Hello there"}', sha256('x'),
                'test', due, due, now()
              from generate_series(1, :count) as i
             cross join lateral (select now() + make_interval(secs => :over * i / :count)) as at (due)
            """)
        .param("type", type)
        .param("priority", priority.label())
        .param("count", count)
        .param("over", over.toMillis() / 1_000.0)
        .update();
  }

  /** Inserts a dead task; answers its id. */
  UUID insertDead(String type, String errorCode) {
    UUID id = UUID.randomUUID();
    database
        .sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,
                payload, payload_hash, worker, created_at, error_code, error_class, error_detail,
                first_failed_at, started_at, finished_at)
            values (?, 'default', ?, 'normal', 'key', 'dead', 3, 4, '{}', sha256('x'), 'test',
                now(), ?, 'transient', 'no', now(), now(), now())
            """)
        .params(List.of(id, type, errorCode))
        .update();
    return id;
  }

  long count(String sql, Object... parameters) {
    return database.sql(sql).params(List.of(parameters)).query(Long.class).single();
  }

  /** What is asked of a database. */
  @FunctionalInterface
  public interface Statements {
    void on(DataSource database) throws SQLException;
  }

  /** How many rows of {@code task} Postgres reads for this, as a worker's connection is set. */
  public long rowsRead(Statements statements) throws SQLException {
    return rowsRead("task", statements);
  }

  /** The same for another table. */
  long rowsRead(String table, Statements statements) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement own = connection.createStatement()) {
      endOthers(own);
      own.execute("set enable_seqscan = off");
      long before = rowsRead(own, table);
      statements.on(new SingleConnectionDataSource(connection, true));
      connection.setAutoCommit(true);
      long read = rowsRead(own, table) - before;
      own.execute("reset enable_seqscan");
      return read;
    }
  }

  /** What other connections have read would be told when they are next used, or seconds later. */
  private void endOthers(Statement own) throws SQLException {
    String others =
        "select count(*) from pg_stat_activity where datname = current_database()"
            + " and pid <> pg_backend_pid() and backend_type = 'client backend'"
            + " and backend_start < '%s'".formatted(text(own, "select clock_timestamp()"));
    HikariPoolMXBean pool = ((HikariDataSource) dataSource).getHikariPoolMXBean();
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              // Each time: a connection that is just being made is in no pool yet.
              pool.softEvictConnections();
              return text(own, others).equals("0");
            });
  }

  private static String text(Statement own, String sql) throws SQLException {
    try (ResultSet row = own.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static long rowsRead(Statement own, String table) throws SQLException {
    own.execute("select pg_stat_force_next_flush()");
    try (ResultSet row =
        own.executeQuery(
            "select seq_tup_read + idx_tup_fetch from pg_stat_user_tables where relname = '%s'"
                .formatted(table))) {
      row.next();
      return row.getLong(1);
    }
  }

  KafkaConsumer<byte[], byte[]> consumer(String type) {
    return consumer(type, Priority.NORMAL);
  }

  private KafkaConsumer<byte[], byte[]> consumer(String type, Priority priority) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topics.of(type, priority)).stream()
            .map(each -> new TopicPartition(each.topic(), each.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  /** Everything on the type's normal topic by now. */
  List<ConsumerRecord<byte[], byte[]>> records(String type) {
    return records(type, Priority.NORMAL);
  }

  /** Everything on the topic of this priority by now. */
  List<ConsumerRecord<byte[], byte[]>> records(String type, Priority priority) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(type, priority)) {
      long end =
          consumer.endOffsets(consumer.assignment()).values().stream()
              .mapToLong(Long::longValue)
              .sum();
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (records.size() < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
      return records;
    }
  }

  static UUID id(ConsumerRecord<?, ?> task) {
    return UUID.fromString(header(task, TaskHeaders.ID));
  }

  static int delivery(ConsumerRecord<?, ?> task) {
    return Integer.parseInt(header(task, TaskHeaders.DELIVERY));
  }

  /** A first delivery carries no number. */
  private static String header(ConsumerRecord<?, ?> task, String name) {
    var header = task.headers().lastHeader(name);
    return header == null ? "1" : new String(header.value(), UTF_8);
  }

  @Override
  public void close() throws Exception {
    producer.close(Duration.ofSeconds(1));
    ((AutoCloseable) dataSource).close();
  }
}
