package io.taskfleet.gateway.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.OtherTenant;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.gateway.type.UncertainTypes;
import io.taskfleet.localstack.KafkaMode;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.Topics;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tasks that wait on a topic while no worker runs, after Redis has forgotten them. */
class QueuedTaskIT {
  private static final String TOPIC = "taskfleet.analytics";
  private static final String EVENTS = "/v1/analytics/events";
  private static final String EVENT = "{\"name\":\"a\",\"user_id\":\"u1\"}";
  // As TestGateway makes them.
  private static final int PARTITIONS = 2;
  private static final String NOTIFICATION =
      "{\"message\":\"m\",\"url\":\"https://hooks.example.com/x\"}";
  // Redis, Postgres and Kafka one after the other, and the client's own time on a busy machine.
  private static final Duration BUDGET = Duration.ofSeconds(3);

  private static LocalStack servers;
  private static TestGateway gateway;
  private static GatewayClient client;
  private static RedisClient redisClient;
  private static RedisCommands<String, String> redis;
  private static KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void start() {
    servers = LocalStack.builder().kafkaMode(KafkaMode.SHORT_LIVED_PROCESS).start();
    gateway = TestGateway.start(servers, servers.jdbcUrl(), Map.of());
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    redisClient = RedisClient.create(servers.redisUri());
    redis = redisClient.connect().sync();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers.kafkaBootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    // The first search loads the classes of all others.
    client.get("/v1/tasks/" + submit());
    client.get("/v1/tasks/" + UUID.randomUUID());
  }

  @AfterAll
  static void stop() {
    producer.close();
    redisClient.shutdown();
    gateway.close();
    servers.close();
  }

  @Test
  void isReadBackAfterRedisForgotIt() {
    String email =
        idOf(
            client.post(
                "/v1/tasks",
                """
                {"type":"email","priority":"bulk","max_attempts":2,"tags":["t"],
                 "payload":{"to":"a@example.com","subject":"s","text":"é"}}
                """));
    String event = submit();
    forget(email, event);

    JsonNode task = found(email);
    assertThat(task.get("state").asString()).isEqualTo("queued");
    assertThat(task.get("type").asString()).isEqualTo("email");
    assertThat(task.get("priority").asString()).isEqualTo("bulk");
    assertThat(task.get("max_attempts").asInt()).isEqualTo(2);
    assertThat(task.at("/tags/0").asString()).isEqualTo("t");
    assertThat(task.at("/payload/text").asString()).isEqualTo("é");
    assertThat(found(event).get("payload").toString()).isEqualTo(EVENT);
  }

  @Test
  void nothingIsSaidNotToBeThereWhileThereMayBeTypesThatNobodyKnowsHere() {
    QueueSearchProperties properties = gateway.bean(QueueSearchProperties.class);
    Map<String, Object> kafka = Map.of("bootstrap.servers", servers.kafkaBootstrap());
    try (PayloadReader payloads = new PayloadReader();
        QueuedTasks queue =
            new QueuedTasks(
                new QueueMap(Admin.create(kafka), UncertainTypes.create(payloads), properties),
                () ->
                    new KafkaConsumer<>(
                        kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                properties)) {
      queue.start();
      Instant later = Instant.now().plusSeconds(3_600);

      Sought sought = queue.find("default", TaskIds.next(Clock.fixed(later, ZoneOffset.UTC)));

      assertThat(sought).isEqualTo(new Sought.Unknown());
    }
  }

  @Test
  void isReadBackThoughItsIdSaysNoTime() {
    String id = idOf(client.post(EVENTS, EVENT, "Idempotency-Key", UUID.randomUUID().toString()));
    forget(id);

    assertThat(found(id).get("payload").toString()).isEqualTo(EVENT);
  }

  @Test
  void isReadBackWhenItCameToTheTopicWithoutHeaders() throws Exception {
    RecordMetadata place = publish(EVENT, Instant.now(), 0);

    String id = idOf(place);

    assertThat(found(id).get("payload").toString()).isEqualTo(EVENT);
  }

  @Test
  void recordThatIsNoJsonIsLeftToTheWorker() throws Exception {
    RecordMetadata place = publish("{\"name\":\"a\"},\"state\":\"succeeded\"", Instant.now(), 0);

    String id = idOf(place);

    assertThat(client.get("/v1/tasks/" + id).statusCode()).isEqualTo(503);
  }

  @Test
  void searchesOnceForAllWhoAsk() {
    String id = submit();
    forget(id);

    found(id);

    Awaitility.await().until(() -> redis.get(RedisKeys.task(UUID.fromString(id))) != null);
  }

  @Test
  void isFoundBehindRecordsOfAPublisherWhoseClockIsAhead() throws Exception {
    for (int i = 0; i < 20; i++) {
      // In front of the task, whichever partition it comes to.
      publish(EVENT, Instant.now().plus(Duration.ofMinutes(50)), i % PARTITIONS);
    }
    String id = submit();
    forget(id);

    assertThat(found(id).get("state").asString()).isEqualTo("queued");
  }

  @Test
  void isNotThereForAnotherTenant() {
    GatewayClient other = OtherTenant.client(gateway, "queue-other");
    String id = submit();
    String keyed = idOf(client.post(EVENTS, EVENT, "Idempotency-Key", id));
    forget(id, keyed);

    assertThat(other.get("/v1/tasks/" + id).statusCode()).isEqualTo(404);
    assertThat(other.get("/v1/tasks/" + keyed).statusCode()).isEqualTo(404);
    assertThat(found(id).get("state").asString()).isEqualTo("queued");
  }

  @Test
  void unknownIdIsDeniedInTime() {
    Clock clock = Clock.systemUTC();
    for (UUID id :
        List.of(
            TaskIds.next(clock),
            TaskIds.next(Clock.offset(clock, Duration.ofDays(-3))),
            TaskIds.next(Clock.offset(clock, Duration.ofDays(3))),
            UUID.randomUUID())) {
      long asked = System.nanoTime();

      HttpResponse<String> answer = client.get("/v1/tasks/" + id);

      Duration took = Duration.ofNanos(System.nanoTime() - asked);
      System.out.printf("%s denied after %d ms%n", id, took.toMillis());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
      assertThat(took).isLessThan(BUDGET);
    }
  }

  @Test
  void whatWorkersHaveFinishedDoesNotWait() throws Exception {
    String id = idOf(client.post("/v1/notifications", NOTIFICATION));
    forget(id);
    ConsumerRecord<byte[], byte[]> record;
    try (TopicReader topics = new TopicReader(servers.kafkaBootstrap())) {
      record = topics.records("taskfleet.notification", id).getFirst();
    }

    try (Admin admin = admin()) {
      admin
          .alterConsumerGroupOffsets(
              Topics.group("notification"),
              Map.of(
                  new TopicPartition(record.topic(), record.partition()),
                  new OffsetAndMetadata(record.offset() + 1)))
          .all()
          .get();
    }

    // Its row has been deleted since.
    assertThat(client.get("/v1/tasks/" + id).statusCode()).isEqualTo(404);
  }

  @Test
  void saysThatItCannotSayWhenThereIsTooMuchToLookThrough() {
    try (TestGateway hasty =
        TestGateway.start(
            servers, servers.jdbcUrl(), Map.of("taskfleet.queue-search.records", "1"))) {
      GatewayClient asking = new GatewayClient(hasty.url(), TestGateway.KEY);
      // More than comes at once: a bound is looked at between two polls.
      byte[] value = EVENT.getBytes(UTF_8);
      for (int i = 0; i < 5_000; i++) {
        var _ = producer.send(new ProducerRecord<>(TOPIC, value));
      }
      producer.flush();

      HttpResponse<String> answer = asking.get("/v1/tasks/" + UUID.randomUUID());

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }
  }

  @Test
  void saysThatItCannotSayWhileKafkaIsAway() {
    String id = submit();
    forget(id);
    servers.kafka().kill();
    try {
      long asked = System.nanoTime();

      HttpResponse<String> answer = client.get("/v1/tasks/" + id);

      Duration took = Duration.ofNanos(System.nanoTime() - asked);
      System.out.printf("without Kafka: %d after %d ms%n", answer.statusCode(), took.toMillis());
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(took).isLessThan(BUDGET);
    } finally {
      servers.kafka().start();
    }

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> client.get("/v1/tasks/" + id).statusCode() == 200);
    // The producer may be waiting before it connects again.
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> client.post(EVENTS, EVENT).statusCode() == 202);
  }

  private static String submit() {
    return idOf(client.post(EVENTS, EVENT));
  }

  private static String idOf(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return GatewayClient.json(answer).get("id").asString();
  }

  private static String idOf(RecordMetadata place) throws ExecutionException, InterruptedException {
    try (Admin admin = admin()) {
      TopicDescription topic =
          admin.describeTopics(List.of(TOPIC)).allTopicNames().get().values().iterator().next();
      String topicId = topic.topicId().toString();
      return TaskIds.fromRecord(topicId, place.partition(), place.offset()).toString();
    }
  }

  private static JsonNode found(String id) {
    long asked = System.nanoTime();
    HttpResponse<String> answer = client.get("/v1/tasks/" + id);
    System.out.printf(
        "found after %d ms%n", Duration.ofNanos(System.nanoTime() - asked).toMillis());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return GatewayClient.json(answer);
  }

  // The gateway tells Redis of a task without waiting for it, so this may be on its way still.
  private static void forget(String... ids) {
    for (String id : ids) {
      Awaitility.await().until(() -> redis.exists(RedisKeys.task(UUID.fromString(id))) == 1);
    }
    redis.flushall();
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", servers.kafkaBootstrap()));
  }

  private static RecordMetadata publish(String json, Instant at, int partition)
      throws ExecutionException, InterruptedException {
    return producer
        .send(new ProducerRecord<>(TOPIC, partition, at.toEpochMilli(), null, json.getBytes(UTF_8)))
        .get();
  }
}
