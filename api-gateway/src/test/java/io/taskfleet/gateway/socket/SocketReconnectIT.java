package io.taskfleet.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.TestGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;

/** Nothing is missing after reconnects, and nothing is there twice. */
class SocketReconnectIT {
  private static final int NOTIFICATIONS = 60;

  private static List<TestGateway> gateways;
  private static SocketTenant tenant;

  @BeforeAll
  static void start() {
    Map<String, String> settings = new HashMap<>(SocketTenant.ONE_KEY);
    settings.put("taskfleet.socket.limits.frames-per-minute", "100000");
    settings.put("taskfleet.socket.inbox.look-every", "1s");
    settings.put("taskfleet.socket.inbox.page", "7");
    settings.put("taskfleet.socket.inbox.window", "20");
    TestGateway one = TestGateway.onSharedServers("socket_reconnect", settings);
    settings.put(
        "spring.datasource.url",
        one.bean(Environment.class).getRequiredProperty("spring.datasource.url"));
    gateways = List.of(one, TestGateway.onSharedServers("unused", settings));
    tenant = new SocketTenant(one);
    await().until(() -> gateways.stream().allMatch(g -> g.bean(Relay.class).isHearing()));
  }

  @AfterAll
  static void stop() {
    gateways.forEach(TestGateway::close);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void everyNotificationComesAndNoneAgainThatWasAcknowledged(long seed) throws Exception {
    Random random = new Random(seed);
    System.out.println("seed " + seed);
    String user = tenant.user();
    String token = tenant.token(user);
    Set<String> sent = new HashSet<>();
    Thread sender = Thread.ofVirtual().start(() -> send(user, new Random(seed), sent));

    Set<String> acknowledged = new HashSet<>();
    List<String> doubled = new ArrayList<>();
    long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (acknowledged.size() < NOTIFICATIONS && System.nanoTime() < until) {
      TestGateway gateway = gateways.get(random.nextInt(gateways.size()));
      SocketClient client = SocketClient.in(gateway, token);
      converse(client, random, acknowledged, doubled);
      client.cut();
    }

    sender.join();
    assertThat(acknowledged).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(doubled).as("seed %d", seed).isEmpty();
    try (SocketClient last = SocketClient.in(gateways.getFirst(), token)) {
      assertThat(last.rest()).isEmpty();
    }
  }

  // Half of them are not told of, as if Redis had been away, and some twice.
  private static void send(String user, Random random, Set<String> sent) {
    for (int i = 0; i < NOTIFICATIONS; i++) {
      UUID id = tenant.put(user, Integer.toString(i));
      sent.add(id.toString());
      for (int told = random.nextInt(3); told > 0; told--) {
        tenant.tell(user, id);
      }
    }
  }

  private static void converse(
      SocketClient client, Random random, Set<String> acknowledged, List<String> doubled) {
    Set<String> here = new HashSet<>();
    for (int turns = random.nextInt(40); turns > 0; turns--) {
      client.say("{'type':'ping'}");
      for (JsonNode frame = client.next();
          !frame.get("type").asString().equals("pong");
          frame = client.next()) {
        if (frame.get("type").asString().equals("notification")) {
          String id = frame.get("id").asString();
          if (!here.add(id) || acknowledged.contains(id)) {
            doubled.add(id);
          }
          if (random.nextInt(4) > 0) {
            client.say("{'type':'ack','id':'%s'}", id);
            awaitAck(client, id, here, acknowledged, doubled);
          }
        }
      }
    }
  }

  // What comes before the answer is not acknowledged, and comes again on another connection.
  private static void awaitAck(
      SocketClient client,
      String id,
      Set<String> here,
      Set<String> acknowledged,
      List<String> doubled) {
    boolean pong = false;
    for (JsonNode frame = client.next();
        !frame.get("type").asString().equals("acked");
        frame = client.next()) {
      pong |= frame.get("type").asString().equals("pong");
      if (frame.get("type").asString().equals("notification")
          && (!here.add(frame.get("id").asString())
              || acknowledged.contains(frame.get("id").asString()))) {
        doubled.add(frame.get("id").asString());
      }
    }
    acknowledged.add(id);
    if (pong) {
      client.say("{'type':'ping'}");
    }
  }
}
