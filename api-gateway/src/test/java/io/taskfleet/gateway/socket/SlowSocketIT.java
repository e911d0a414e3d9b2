package io.taskfleet.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.TestGateway;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that stall or vanish cost so much and no more, and nobody else waits for them. */
class SlowSocketIT {
  private static final int MESSAGES = 400;
  private static final int STALLED = 5;

  private static TestGateway gateway;
  private static SocketTenant tenant;

  @BeforeAll
  static void start() {
    Map<String, String> settings = new HashMap<>();
    settings.put("taskfleet.socket.limits.frames-per-minute", "100000");
    settings.put("taskfleet.socket.times.send-within", "2s");
    settings.put("taskfleet.socket.times.ping-every", "1s");
    settings.put("taskfleet.socket.times.silence", "5s");
    gateway = TestGateway.onSharedServers("slow_socket", settings);
    tenant = new SocketTenant(gateway);
    await().until(() -> gateway.bean(Relay.class).isHearing());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void delaysNobodyForThoseWhoDoNotRead() throws IOException {
    RawSocket[] stalled = new RawSocket[STALLED];
    for (int i = 0; i < STALLED; i++) {
      stalled[i] = RawSocket.in(gateway, tenant.token("stalled-" + i));
      stalled[i].say("{\"type\":\"subscribe\",\"channel\":\"room:hall\"}");
    }
    try (SocketClient reader =
            SocketClient.in(gateway, tenant.token("ada")).subscribed("room:hall");
        SocketClient talker =
            SocketClient.in(gateway, tenant.token("bob")).subscribed("room:hall")) {
      await().until(() -> people("stalled-") == STALLED);
      long[] nanos = new long[MESSAGES];
      for (int i = 0; i < MESSAGES; i++) {
        long said = System.nanoTime();
        talker.say("{'type':'chat','channel':'room:hall','text':'%s'}", "x".repeat(4_000));
        reader.next("chat");
        nanos[i] = System.nanoTime() - said;
      }

      Arrays.sort(nanos);
      System.out.printf(
          "beside %d clients that do not read: p50 %.1f ms, p99 %.1f ms, max %.1f ms%n",
          STALLED,
          millis(nanos[MESSAGES / 2]),
          millis(nanos[MESSAGES * 99 / 100]),
          millis(nanos[MESSAGES - 1]));
      assertThat(millis(nanos[MESSAGES * 99 / 100])).isLessThan(500);
      await().until(() -> people("stalled-") == 0);
      assertThat(talker.rest().size()).isEqualTo(MESSAGES);
    } finally {
      for (RawSocket each : stalled) {
        each.close();
      }
    }
  }

  @Test
  void closesThoseWhoDoNotAnswerPings() throws IOException {
    try (RawSocket mute = RawSocket.in(gateway, tenant.token("mute"));
        SocketClient alive = SocketClient.in(gateway, tenant.token("alive"))) {
      await().until(() -> people("mute") == 1);

      assertThat(mute.readToTheEnd()).isEqualTo(1008);

      await().until(() -> people("mute") == 0);
      assertThat(alive.rest()).isEmpty();
    }
  }

  private static long people(String prefix) {
    return gateway.bean(Hub.class).people().stream()
        .filter(each -> each.tenant().equals(tenant.name) && each.user().startsWith(prefix))
        .count();
  }

  private static double millis(long nanos) {
    return nanos / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }
}
