package io.taskfleet.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.TaskState;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What very many clients cost, and what those cost who do not read. */
class ManyStreamsIT {
  private static final int CLIENTS = 5_000;
  private static final int SLICE = 100;
  private static final long MOST_GROWTH = 200L << 20;
  private static final Duration SOON = Duration.ofSeconds(60);

  private static TestGateway gateway;
  private static EventStreams streams;
  private static GatewayClient client;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.onSharedServers("many_streams", Map.of("taskfleet.live.write-within", "4s"));
    streams = gateway.bean(EventStreams.class);
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void fiveThousandIdleClientsOfATenantCostLittle() throws IOException {
    assertCheap("tenant", number -> "/v1/events");
  }

  @Test
  void fiveThousandIdleClientsOfTasksCostLittle() throws IOException {
    List<String> tasks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      tasks.add(
          GatewayClient.json(client.post("/v1/analytics/events", "{\"name\":\"a\"}"))
              .get("id")
              .asString());
    }
    assertCheap("task", number -> "/v1/tasks/" + tasks.get(number % tasks.size()) + "/events");
  }

  private static void assertCheap(String kind, IntFunction<String> path) throws IOException {
    List<RawClient> clients = new ArrayList<>();
    try {
      open(SLICE, clients, path);
      long heap = liveBytes();
      long resident = residentBytes();
      long began = System.nanoTime();
      open(CLIENTS, clients, path);
      long took = System.nanoTime() - began;
      long heapGrowth = liveBytes() - heap;
      long residentGrowth = residentBytes() - resident;
      System.out.printf(
          "%d idle clients (%s): heap +%d MB, resident +%d MB; opened in %d ms%n",
          CLIENTS, kind, heapGrowth >> 20, residentGrowth >> 20, took / 1_000_000);
      // The clients' own share is in it; what the process holds besides is for the collector.
      assertThat(heapGrowth).isLessThan(MOST_GROWTH / 2);
    } finally {
      clients.forEach(RawClient::close);
    }
    // Nobody waits for a heartbeat to find out that they have gone.
    Awaitility.await().atMost(SOON).until(() -> streams.size() == 0);
  }

  // All servers are in this process: five thousand at once would make Redis seem to be away, and
  // even a hundred may now and then be told to come again.
  private static void open(int count, List<RawClient> clients, IntFunction<String> path)
      throws IOException {
    while (clients.size() < count) {
      List<RawClient> slice = new ArrayList<>();
      for (int i = clients.size(); i < Math.min(count, clients.size() + SLICE); i++) {
        slice.add(RawClient.open(gateway, path.apply(i)));
      }
      for (RawClient each : slice) {
        if (each.read().startsWith("HTTP/1.1 200")) {
          clients.add(each);
        } else {
          each.close();
        }
      }
    }
    Awaitility.await().atMost(SOON).until(() -> streams.size() == count);
  }

  private static long liveBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(0);
  }

  @Test
  void whoDoesNotReadIsCutOffAndHoldsUpNobody() throws Exception {
    try (LifecycleTopic topic = new LifecycleTopic(SharedLocalStack.get().kafkaBootstrap());
        RawClient mute = RawClient.open(gateway, "/v1/events");
        SseClient reading = SseClient.open(client, "/v1/events")) {
      Awaitility.await().until(() -> streams.size() == 2);
      for (int i = 0; i < 3_000; i++) {
        var _ = topic.publish("default", UUID.randomUUID(), TaskState.SUCCEEDED);
      }
      long began = System.nanoTime();
      Awaitility.await().atMost(SOON).until(() -> reading.events().size() == 3_000);
      Duration took = Duration.ofNanos(System.nanoTime() - began);

      Awaitility.await().atMost(SOON).until(() -> streams.size() == 1);

      assertThat(took).isLessThan(Duration.ofSeconds(4));
      assertThat(
              gateway
                  .bean(MeterRegistry.class)
                  .get("taskfleet.live.slow.clients")
                  .counter()
                  .count())
          .isEqualTo(1);
      assertThat(
              gateway
                  .bean(MeterRegistry.class)
                  .get("taskfleet.live.streams")
                  .tag("kind", "tenant")
                  .gauge()
                  .value())
          .isEqualTo(1);
      assertThat(reading.hasEnded()).isFalse();
      long heard = 0;
      for (String some = mute.read(); !some.isEmpty(); some = readOrEmpty(mute)) {
        heard += some.length();
      }
      System.out.printf("kept for a client that does not read: %d KB%n", heard >> 10);
      assertThat(heard).isLessThan(400 << 10);
    }
  }

  private static String readOrEmpty(RawClient client) {
    try {
      return client.read();
    } catch (IOException reset) {
      return "";
    }
  }
}
