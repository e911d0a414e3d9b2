package io.taskfleet.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.OtherTenant;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.Topics;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stream of a tenant's lifecycle events, on two gateways with one topic. */
class TenantEventsIT {
  private static final String PATH = "/v1/events";
  private static final Duration SOON = Duration.ofSeconds(20);

  private static List<TestGateway> gateways;
  private static LifecycleTopic topic;

  @BeforeAll
  static void start() {
    String database = SharedLocalStack.createDatabase("tenant_events");
    // Little is kept, so that whoever is slow has to read from Kafka.
    Map<String, String> settings =
        Map.of(
            "taskfleet.live.recent", "20KB",
            "taskfleet.live.heartbeat", "1s",
            "taskfleet.live.replays.bytes", "8KB",
            "taskfleet.live.streams-per-tenant", "20");
    gateways =
        List.of(
            TestGateway.start(SharedLocalStack.get(), database, settings),
            TestGateway.start(SharedLocalStack.get(), database, settings));
    topic = new LifecycleTopic(SharedLocalStack.get().kafkaBootstrap());
  }

  @AfterAll
  static void stop() {
    topic.close();
    gateways.forEach(TestGateway::close);
  }

  private static GatewayClient client(int gateway) {
    return new GatewayClient(gateways.get(gateway).url(), TestGateway.KEY);
  }

  @Test
  void tellsOfTheTenantsChangesAndOfNoOthers() throws Exception {
    UUID task = UUID.randomUUID();
    try (SseClient client = SseClient.open(client(0), PATH)) {
      topic.publish("somebody", UUID.randomUUID(), TaskState.SUCCEEDED).get();
      topic.publish("default", task, TaskState.RETRYING).get();
      topic.publish("default", task, TaskState.SUCCEEDED).get();
      Awaitility.await().atMost(SOON).until(() -> client.events().size() >= 2);

      assertThat(client.header("Content-Type")).isEqualTo("text/event-stream");
      assertThat(client.header("Cache-Control")).isEqualTo("no-store");
      assertThat(client.header("X-Accel-Buffering")).isEqualTo("no");
      assertThat(client.header("X-Process-Time")).isNotEmpty();
      assertThat(client.retry()).isEqualTo(2000);
      assertThat(client.events())
          .extracting(SseClient.Event::name)
          .containsExactly("task.retrying", "task.succeeded");
      assertThat(client.events())
          .allMatch(event -> event.json().get("id").asString().equals(task.toString()));
    }
  }

  @Test
  void saysWhereItIsAlthoughNothingHappensToTheTenant() throws Exception {
    GatewayClient quiet = OtherTenant.client(gateways.get(0), "quiet");
    try (SseClient client = SseClient.open(quiet, PATH)) {
      Awaitility.await().until(() -> client.lastId().isPresent());
      String before = client.lastId().orElseThrow();
      int beats = client.beats();
      topic.publish("loud", UUID.randomUUID(), TaskState.SUCCEEDED).get();

      Awaitility.await()
          .atMost(SOON)
          .until(() -> client.beats() > beats && !client.lastId().orElseThrow().equals(before));

      assertThat(client.events()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void hearsEachEventOnceWhereverItIsCutAndGoesOn(long seed) throws Exception {
    Random random = new Random(seed);
    String tenant = "cut-" + seed + '-' + UUID.randomUUID();
    List<GatewayClient> clients =
        gateways.stream().map(gateway -> OtherTenant.client(gateway, tenant)).toList();
    List<Listening> listening = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      listening.add(new Listening(clients, new Random(random.nextLong())));
    }
    Map<Integer, Map<Long, String>> published = publish(tenant, random, 3_000);
    int all = published.values().stream().mapToInt(Map::size).sum();

    for (Listening each : listening) {
      List<SseClient.Event> heard = each.until(all);
      Map<Integer, List<String>> byPartition = new HashMap<>();
      Map<String, Integer> partitions = new HashMap<>();
      published.forEach((number, its) -> its.values().forEach(id -> partitions.put(id, number)));
      for (SseClient.Event event : heard) {
        String id = event.json().get("id").asString();
        byPartition.computeIfAbsent(partitions.get(id), number -> new ArrayList<>()).add(id);
      }
      published.forEach(
          (number, its) ->
              assertThat(byPartition.get(number))
                  .as("seed %d, partition %d", seed, number)
                  .containsExactlyElementsOf(its.values()));
      System.out.printf("seed %d: %d events, cut %d times%n", seed, heard.size(), each.cuts.get());
    }
  }

  private static Map<Integer, Map<Long, String>> publish(String tenant, Random random, int count)
      throws Exception {
    Map<Future<RecordMetadata>, String> sent = new HashMap<>();
    for (int i = 0; i < count; i++) {
      UUID id = new UUID(random.nextLong(), random.nextLong());
      boolean theirs = random.nextInt(3) > 0;
      Future<RecordMetadata> place =
          topic.publish(theirs ? tenant : "others", id, TaskState.SUCCEEDED);
      if (theirs) {
        sent.put(place, id.toString());
      }
      if (i % 100 == 0) {
        topic.flush();
      }
    }
    Map<Integer, Map<Long, String>> published = new HashMap<>();
    for (Map.Entry<Future<RecordMetadata>, String> each : sent.entrySet()) {
      RecordMetadata place = each.getKey().get();
      published
          .computeIfAbsent(place.partition(), number -> new TreeMap<>())
          .put(place.offset(), each.getValue());
    }
    return published;
  }

  /** A client that is cut off again and again, and goes on wherever it finds a gateway. */
  private static final class Listening {
    private final List<GatewayClient> clients;
    private final Random random;
    private final CompletableFuture<List<SseClient.Event>> heard;
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private volatile int wanted = Integer.MAX_VALUE;
    private final AtomicInteger cuts = new AtomicInteger();

    Listening(List<GatewayClient> clients, Random random) {
      this.clients = clients;
      this.random = random;
      this.heard = CompletableFuture.supplyAsync(this::listen, Thread.ofVirtual()::start);
      begun.join();
    }

    private List<SseClient.Event> listen() {
      List<SseClient.Event> all = new ArrayList<>();
      String last = "";
      while (all.size() < wanted) {
        GatewayClient at = clients.get(random.nextInt(clients.size()));
        int until = 1 + random.nextInt(400);
        String[] from = last.isEmpty() ? new String[0] : new String[] {"Last-Event-ID", last};
        try (SseClient client = SseClient.open(at, PATH, from)) {
          assertThat(client.status()).isEqualTo(200);
          int before = all.size();
          Awaitility.await()
              .atMost(SOON)
              .pollInterval(Duration.ofMillis(2))
              .until(
                  () ->
                      client.lastId().isPresent()
                          && (client.events().size() >= until
                              || before + client.events().size() >= wanted
                              || random.nextInt(200) == 0));
          begun.complete(null);
          List<SseClient.Event> these = List.copyOf(client.events());
          all.addAll(these);
          // What came after the last event was read may not be counted.
          last = these.isEmpty() ? last : these.getLast().id();
          if (last.isEmpty()) {
            last = client.lastId().orElseThrow();
          }
          cuts.incrementAndGet();
        }
      }
      return all;
    }

    List<SseClient.Event> until(int count) {
      wanted = count;
      return heard.orTimeout(60, TimeUnit.SECONDS).join();
    }
  }

  @Test
  void refusesAPositionThatIsNone() {
    for (String garbage : List.of("x", "1", "AAAA", "a".repeat(4000), "%00", "é")) {
      HttpResponse<String> answer = client(0).get(PATH, "Last-Event-ID", garbage);
      assertThat(answer.statusCode()).as(garbage).isEqualTo(422);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }
    GatewayClient other = OtherTenant.client(gateways.get(0), "thief");
    try (SseClient mine = SseClient.open(client(0), PATH)) {
      Awaitility.await().until(() -> mine.lastId().isPresent());
      assertThat(other.get(PATH, "Last-Event-ID", mine.lastId().orElseThrow()).statusCode())
          .isEqualTo(422);
    }
  }

  @Test
  void saysSoWhenTheTopicDoesNotReachBackThatFar() throws Exception {
    GatewayClient quiet = OtherTenant.client(gateways.get(1), "late");
    String last;
    try (SseClient client = SseClient.open(quiet, PATH)) {
      Awaitility.await().until(() -> client.lastId().isPresent());
      last = client.lastId().orElseThrow();
    }
    RecordMetadata place = topic.publish("loud", UUID.randomUUID(), TaskState.SUCCEEDED).get();
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                SharedLocalStack.get().kafkaBootstrap()))) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(Topics.EVENTS, place.partition()),
                  RecordsToDelete.beforeOffset(place.offset() + 1)))
          .all()
          .get();
    }
    // Where the topic begins is looked at now and then, or when it is found out; until then the
    // answer is a stream.
    Awaitility.await()
        .atMost(SOON)
        .until(
            () -> {
              try (SseClient late = SseClient.open(quiet, PATH, "Last-Event-ID", last)) {
                return late.status() == 410;
              }
            });
    assertThat(quiet.get(PATH, "Last-Event-ID", last).body()).contains("/problems/gone");
    try (SseClient anew = SseClient.open(quiet, PATH)) {
      assertThat(anew.status()).isEqualTo(200);
    }
  }

  @Test
  void opensNoMoreStreamsThanATenantMayHave() {
    GatewayClient greedy = OtherTenant.client(gateways.get(0), "greedy");
    List<SseClient> open = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        open.add(SseClient.open(greedy, PATH));
      }
      HttpResponse<String> refused = greedy.get(PATH);
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(SseClient.open(client(0), PATH).status()).isEqualTo(200);

      open.removeLast().close();

      // Its end is noticed at once, not at the next heartbeat.
      Awaitility.await()
          .until(
              () -> {
                SseClient again = SseClient.open(greedy, PATH);
                open.add(again);
                return again.status() == 200;
              });
    } finally {
      open.forEach(SseClient::close);
    }
  }

  @Test
  void behavesAsOtherRoutesDo() {
    GatewayClient client = client(0);

    assertThat(client.get(PATH, "Accept", "application/json").statusCode()).isEqualTo(406);
    HttpResponse<String> head =
        client.send(client.request(PATH).method("HEAD", BodyPublishers.noBody()).build());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    assertThat(client.post(PATH, "{}").statusCode()).isEqualTo(405);
    assertThat(new GatewayClient(gateways.get(0).url(), "").get(PATH).statusCode()).isEqualTo(401);
  }
}
