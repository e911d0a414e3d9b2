package io.taskfleet.gateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One key is one task, whatever is away. */
class IdempotencyOutageIT {
  private static final String EVENTS = "/v1/analytics/events";
  private static final String EVENT = "{\"name\":\"a\",\"user_id\":\"u1\"}";
  private static final String OTHER_EVENT = "{\"name\":\"b\"}";
  private static final int THREADS = 50;

  private static LocalStack servers;
  private static TestGateway firstGateway;
  private static TestGateway secondGateway;
  private static GatewayClient first;
  private static GatewayClient second;

  @BeforeAll
  static void start() {
    servers = BreakableLocalStack.get();
    servers.redis().stop();
    String database = BreakableLocalStack.createDatabase("idempotency_outage");
    firstGateway = TestGateway.start(servers, database, Map.of());
    secondGateway = TestGateway.start(servers, database, Map.of());
    first = new GatewayClient(firstGateway.url(), TestGateway.KEY);
    second = new GatewayClient(secondGateway.url(), TestGateway.KEY);
  }

  @AfterAll
  static void stop() {
    firstGateway.close();
    secondGateway.close();
  }

  @Test
  void fiftyAtOnceOnTwoGatewaysAreOneTaskWithoutRedis() throws Exception {
    String key = UUID.randomUUID().toString();

    List<HttpResponse<String>> answers = atOnce(key);

    String id = TaskIds.fromIdempotencyKey(Task.DEFAULT_TENANT, key).toString();
    assertThat(answers)
        .hasSize(THREADS)
        .allSatisfy(answer -> assertThat(idIn(answer)).isEqualTo(id));
    long replayed =
        answers.stream()
            .filter(answer -> answer.headers().firstValue("Idempotent-Replayed").isPresent())
            .count();
    try (TopicReader topics = new TopicReader(servers.kafkaBootstrap())) {
      List<ConsumerRecord<byte[], byte[]>> records = topics.records("taskfleet.analytics", id);
      System.out.printf("%d answers, %d replayed, %d records%n", THREADS, replayed, records.size());
      assertThat(records)
          .as("at most one from each gateway; the worker drops the second by id and payload")
          .hasSizeBetween(1, 2)
          .hasSize((int) (THREADS - replayed))
          .allSatisfy(each -> assertThat(each.value()).isEqualTo(EVENT.getBytes(UTF_8)));
    }
  }

  @Test
  void gatewayTellsAnotherBodyByItsOwnMemory() {
    String key = UUID.randomUUID().toString();
    HttpResponse<String> answer = awaitAccepted(first, key);

    HttpResponse<String> again = post(first, EVENT, key);
    HttpResponse<String> other = post(first, OTHER_EVENT, key);

    assertThat(again.body()).isEqualTo(answer.body());
    assertThat(again.headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(other.statusCode()).isEqualTo(422);
  }

  @Test
  void retryAfterAnUncertainAnswerIsTheSameTask() {
    String key = UUID.randomUUID().toString();
    String id = TaskIds.fromIdempotencyKey(Task.DEFAULT_TENANT, key).toString();
    servers.kafka().kill();
    try {
      Set<Integer> statuses = new ConcurrentSkipListSet<>();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                CompletableFuture.allOf(
                        Stream.of(EVENT, EVENT, OTHER_EVENT)
                            .map(body -> later(() -> statuses.add(status(body, key))))
                            .toArray(CompletableFuture[]::new))
                    .join();
                return statuses.size() >= 3;
              });
      // The one that is at it; the same meanwhile; something else meanwhile.
      assertThat(statuses).containsExactly(409, 422, 503);
    } finally {
      servers.kafka().start();
    }

    assertThat(idIn(awaitAccepted(second, key))).isEqualTo(id);
    assertThat(idIn(awaitAccepted(first, key))).isEqualTo(id);
  }

  @Test
  void hangingRedisCostsASubmissionItsTimeoutAndNoMore() {
    servers.redis().start();
    Awaitility.await().until(() -> first.get("/health").body().contains("\"cache\":\"up\""));
    awaitAccepted(first, UUID.randomUUID().toString());
    try (RedisClient client = RedisClient.create(servers.redisUri())) {
      client.connect().sync().clientPause(Duration.ofMinutes(1).toMillis());
    }
    try {
      for (int i = 0; i < 10; i++) {
        HttpResponse<String> answer = post(first, EVENT, UUID.randomUUID().toString());

        String seconds = answer.headers().firstValue("X-Process-Time").orElseThrow();
        System.out.printf("while Redis hangs: %d after %s s%n", answer.statusCode(), seconds);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(Double.parseDouble(seconds)).isLessThan(1);
      }
    } finally {
      servers.redis().stop();
    }
  }

  private static List<HttpResponse<String>> atOnce(String key)
      throws InterruptedException, ExecutionException {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<HttpResponse<String>>> calls = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        GatewayClient gateway = i % 2 == 0 ? first : second;
        calls.add(
            threads.submit(
                () -> {
                  start.await();
                  return Awaitility.await()
                      .atMost(Duration.ofSeconds(20))
                      .until(() -> post(gateway, EVENT, key), answer -> answer.statusCode() != 409);
                }));
      }
      start.countDown();
      List<HttpResponse<String>> answers = new ArrayList<>();
      for (Future<HttpResponse<String>> call : calls) {
        answers.add(call.get());
      }
      return answers;
    }
  }

  private static HttpResponse<String> awaitAccepted(GatewayClient gateway, String key) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> post(gateway, EVENT, key), answer -> answer.statusCode() == 202);
  }

  private static CompletableFuture<Void> later(Runnable call) {
    return CompletableFuture.runAsync(call, task -> Thread.ofVirtual().start(task));
  }

  private static int status(String body, String key) {
    return post(first, body, key).statusCode();
  }

  private static HttpResponse<String> post(GatewayClient gateway, String body, String key) {
    return gateway.post(EVENTS, body, "Idempotency-Key", key);
  }

  private static String idIn(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return GatewayClient.json(answer).get("id").asString();
  }
}
