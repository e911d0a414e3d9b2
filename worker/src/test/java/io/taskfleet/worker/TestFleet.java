package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.handler.TaskType;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.consume.Engine;
import io.taskfleet.worker.fleet.DatabaseClock;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real workers in this JVM on real servers, a database of its own, and a publisher to topics. */
final class TestFleet implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final LocalStack stack;
  private final String jdbcUrl;
  private final List<ConfigurableApplicationContext> workers = new ArrayList<>();
  private final KafkaProducer<byte[], byte[]> publisher;
  final JdbcClient database;
  final TestTopics topics;

  TestFleet(LocalStack stack, String jdbcUrl) {
    this.stack = stack;
    this.jdbcUrl = jdbcUrl;
    this.database =
        JdbcClient.create(
            new DriverManagerDataSource(jdbcUrl, stack.jdbcUser(), stack.jdbcPassword()));
    this.topics = new TestTopics(stack.kafkaBootstrap());
    topics.skipWhatIsLeft();
    this.publisher =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                stack.kafkaBootstrap(),
                // Brokers before 4.3 lose the first of two batches to a new partition
                // (KAFKA-15591).
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Starts a worker and waits until it owns partitions. */
  ConfigurableApplicationContext startWorker(String... properties) {
    return startWorker(new SpringApplicationBuilder(WorkerApplication.class), properties);
  }

  /** Starts a worker that plays scripts, and nothing else. */
  ConfigurableApplicationContext startScriptWorker(String... properties) {
    return startWorker(scriptWorker(), onlyScripts(properties));
  }

  /** Starts one whose server's clock is wrong by this much. */
  ConfigurableApplicationContext startSkewedScriptWorker(Duration skew, String... properties) {
    SpringApplicationBuilder application = scriptWorker();
    application.initializers(
        context -> context.getBeanFactory().addBeanPostProcessor(new Skewing(skew)));
    return startWorker(application, onlyScripts(properties));
  }

  private static SpringApplicationBuilder scriptWorker() {
    return new SpringApplicationBuilder(WorkerApplication.class, ScriptHandler.Configured.class);
  }

  private static String[] onlyScripts(String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add("taskfleet.worker.types=script");
    return all.toArray(String[]::new);
  }

  private record Skewing(Duration skew) implements BeanPostProcessor {
    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
      return bean instanceof DatabaseClock
          ? new DatabaseClock(Clock.offset(Clock.systemUTC(), skew))
          : bean;
    }
  }

  /** What a worker must be told to work in this fleet. */
  List<String> arguments(String... properties) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "server.port=0",
                "taskfleet.worker.warm-up=0s",
                "taskfleet.worker.analytics.fold-interval=100ms",
                "spring.kafka.bootstrap-servers=" + stack.kafkaBootstrap(),
                "spring.datasource.url=" + jdbcUrl,
                "spring.datasource.username=" + stack.jdbcUser(),
                "spring.datasource.password=" + stack.jdbcPassword(),
                "taskfleet.redis.url=" + stack.redisUri(),
                "taskfleet.topics.partitions=3",
                "taskfleet.email.host=" + stack.smtpHost(),
                "taskfleet.email.port=" + stack.smtpPort(),
                "taskfleet.email.from=fleet@example.com",
                "taskfleet.notification.signing-secret=whsec_dGFza2ZsZWV0LXRlc3Qtc2VjcmV0LTEyMzQ1Ng==",
                "taskfleet.secrets.keys.test=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                "taskfleet.outbound.allowed-networks=127.0.0.0/8,::1"));
    for (String property : properties) {
      // Of two that are given Spring would make a list.
      String name = property.split("=", 2)[0] + '=';
      arguments.removeIf(each -> each.startsWith(name));
      arguments.add(property);
    }
    return arguments.stream().map(each -> "--" + each).toList();
  }

  /** The same with beans of a test's own. */
  ConfigurableApplicationContext startWorker(
      SpringApplicationBuilder application, String... properties) {
    ConfigurableApplicationContext worker =
        application
            .properties("spring.main.banner-mode=off")
            .run(arguments(properties).toArray(String[]::new));
    workers.add(worker);
    await().atMost(PATIENCE).until(() -> worker.getBean(Engine.class).assignedPartitions() > 0);
    return worker;
  }

  Task task(TaskType<?> type, String json, Task.Options options) {
    UUID id = TaskIds.next(Clock.systemUTC());
    return Task.submitted(
        id,
        Task.DEFAULT_TENANT,
        type,
        new Task.Submission(Priority.NORMAL, id.toString(), json.getBytes(UTF_8), options),
        Clock.systemUTC().instant(),
        null);
  }

  /** A script of this key, tenant and priority. */
  Task script(String json, String key, String tenant, Priority priority) {
    return Task.submitted(
        TaskIds.next(Clock.systemUTC()),
        tenant,
        ScriptHandler.TYPE,
        new Task.Submission(priority, key, json.getBytes(UTF_8), Task.Options.NONE),
        Clock.systemUTC().instant(),
        null);
  }

  Task script(String does, String key) {
    return script("{\"does\":\"%s\"}".formatted(does), key, Task.DEFAULT_TENANT, Priority.NORMAL);
  }

  /** Waits until a worker has created its topics and tables. */
  void awaitCreated(TaskType<?> type) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                topics.exists(Topics.of(type.name(), Priority.BULK))
                    && count("select count(*) from pg_class where relname = 'redrive'") == 1);
  }

  /** Sends these without waiting for each, and waits until Kafka has them all. */
  void publishAll(List<Task> tasks) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    tasks.forEach(task -> sent.add(publisher.send(TaskCodec.encode(task))));
    publisher.flush();
    assertThat(sent).allMatch(each -> each.state() == Future.State.SUCCESS);
  }

  Task email(String to) {
    return task(
        BuiltInTypes.EMAIL,
        "{\"to\":\"%s\",\"subject\":\"Hello\",\"text\":\"Hello there\"}".formatted(to),
        Task.Options.NONE);
  }

  Task event(String name) {
    return task(
        BuiltInTypes.ANALYTICS,
        "{\"name\":\"%s\",\"value\":2.5}".formatted(name),
        Task.Options.NONE);
  }

  /** How often the mail of this task has arrived. */
  long mailsOf(Task task) {
    return stack.mail().messages().stream()
        .filter(mail -> mail.messageId().equals(messageId(task)))
        .count();
  }

  static String messageId(Task task) {
    return task.id() + "@example.com";
  }

  RecordMetadata publish(Task task) {
    return publish(TaskCodec.encode(task));
  }

  RecordMetadata publish(ProducerRecord<byte[], byte[]> record) {
    try {
      return publisher.send(record).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits until the task is in this state; fails telling the one it is in. */
  void awaitState(UUID id, String state) {
    await()
        .pollDelay(Duration.ZERO)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(state(id)).as("state of %s", id).isEqualTo(state));
  }

  String state(UUID id) {
    return database
        .sql("select state from task where id = ?")
        .param(id)
        .query(String.class)
        .optional()
        .orElse("unknown");
  }

  long attempts(Task task) {
    return count("select attempt from task where id = ?", task.id());
  }

  /** What the task failed of last. */
  String error(Task task) {
    return text("error_detail", task);
  }

  JsonNode result(Task task) {
    return JsonMapper.shared().readTree(text("result", task));
  }

  private String text(String column, Task task) {
    return database
        .sql("select " + column + "::text from task where id = ?")
        .param(task.id())
        .query(String.class)
        .single();
  }

  /** Waits until all events are in the rollups. */
  void awaitFolded() {
    await().atMost(PATIENCE).until(() -> count("select count(*) from analytics_pending") == 0);
  }

  long count(String sql, Object... parameters) {
    return database.sql(sql).params(List.of(parameters)).query(Long.class).single();
  }

  @Override
  public void close() {
    workers.forEach(ConfigurableApplicationContext::close);
    topics.close();
    publisher.close(Duration.ofSeconds(5));
  }
}
