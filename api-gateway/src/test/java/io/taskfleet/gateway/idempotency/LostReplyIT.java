package io.taskfleet.gateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.BrokerProxy;
import io.taskfleet.gateway.ChildGateway;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kafka has the record, and whoever sent it does not hear of it. */
class LostReplyIT {
  private static final String TOPIC = "taskfleet.analytics";
  private static final String EVENT = "{\"name\":\"lost.reply\"}";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int TASKS = 5;

  private static final LocalStack SERVERS = SharedLocalStack.get();
  private static String database;
  private static BrokerProxy proxy;
  private static TestGateway gateway;
  private static GatewayClient client;
  private static TopicReader topics;

  @BeforeAll
  static void start() throws IOException {
    database = SharedLocalStack.createDatabase("lost_reply");
    proxy = new BrokerProxy(SERVERS.kafkaBootstrap());
    gateway = TestGateway.start(SERVERS, database, through(proxy));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    topics = new TopicReader(SERVERS.kafkaBootstrap());
    assertThat(post(client, UUID.randomUUID().toString()).statusCode()).isEqualTo(202);
  }

  @AfterAll
  static void stop() throws IOException {
    topics.close();
    gateway.close();
    proxy.close();
  }

  private static Map<String, String> through(BrokerProxy proxy) {
    return Map.of("spring.kafka.bootstrap-servers", proxy.bootstrap());
  }

  @Test
  void oneLostReplyIsOneRecord() {
    int before = proxy.lost();
    int accepted = 0;
    for (int i = 0; i < TASKS; i++) {
      String key = UUID.randomUUID().toString();
      proxy.lose(1);

      HttpResponse<String> answer = post(client, key);

      accepted += answer.statusCode() == 202 ? 1 : 0;
      assertThat(answer.statusCode()).isIn(202, 503);
      assertThat(records(key)).as("with the producer's own repeat").hasSize(1);
    }
    System.out.printf(
        "%d replies lost, %d of %d accepted%n", proxy.lost() - before, accepted, TASKS);
    assertThat(proxy.lost() - before).isEqualTo(TASKS);
    assertThat(accepted).isPositive();
  }

  @Test
  void anAnswerThatIsAmbiguousIsTheSameTaskWhenTheCallerRepeatsIt() {
    String key = UUID.randomUUID().toString();
    proxy.lose(Integer.MAX_VALUE);

    HttpResponse<String> answer = post(client, key);
    proxy.lose(0);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertIsOneTask(key, awaitAccepted(client, key));
  }

  @Test
  void aGatewayKilledBeforeItCouldAnswerLeavesOneTask() throws Exception {
    String key = UUID.randomUUID().toString();
    try (BrokerProxy silent = new BrokerProxy(SERVERS.kafkaBootstrap());
        ChildGateway doomed = ChildGateway.start(SERVERS, database, through(silent))) {
      GatewayClient caller = new GatewayClient(doomed.url(), TestGateway.KEY);
      Awaitility.await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> post(caller, UUID.randomUUID().toString()).statusCode() == 202);
      silent.lose(Integer.MAX_VALUE);
      CompletableFuture<HttpResponse<String>> unanswered =
          CompletableFuture.supplyAsync(() -> post(caller, key));
      Awaitility.await()
          .pollInterval(Duration.ofMillis(20))
          .until(() -> silent.lost() > 0 || unanswered.isDone());

      doomed.kill();

      assertThat(unanswered)
          .failsWithin(PATIENCE)
          .withThrowableThat()
          .withCauseInstanceOf(UncheckedIOException.class);
      long killed = System.nanoTime();
      String id = awaitAccepted(client, key);
      System.out.printf(
          "accepted by another gateway %d ms after the first was killed; %d record(s), one id%n",
          Duration.ofNanos(System.nanoTime() - killed).toMillis(), records(key).size());
      assertIsOneTask(key, id);
    }
  }

  /** The records of one id and payload are one task to the workers, however many there are. */
  private static void assertIsOneTask(String key, String id) {
    assertThat(id).isEqualTo(idOf(key));
    assertThat(records(key))
        .hasSizeBetween(1, 2)
        .allSatisfy(record -> assertThat(record.value()).isEqualTo(EVENT.getBytes(UTF_8)));
  }

  private static String idOf(String key) {
    return TaskIds.fromIdempotencyKey(Task.DEFAULT_TENANT, key).toString();
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String key) {
    return topics.records(TOPIC, idOf(key));
  }

  private static String awaitAccepted(GatewayClient through, String key) {
    HttpResponse<String> answer =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> post(through, key), each -> each.statusCode() == 202);
    return GatewayClient.json(answer).get("id").asString();
  }

  private static HttpResponse<String> post(GatewayClient through, String key) {
    return through.post("/v1/analytics/events", EVENT, "Idempotency-Key", key);
  }
}
