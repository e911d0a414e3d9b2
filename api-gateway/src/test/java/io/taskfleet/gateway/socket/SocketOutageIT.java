package io.taskfleet.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Servers go away and come back, and sockets stay. */
class SocketOutageIT {
  private static LocalStack servers;
  private static TestGateway gateway;
  private static SocketTenant tenant;

  @BeforeAll
  static void start() {
    servers = BreakableLocalStack.get();
    gateway =
        TestGateway.start(servers, BreakableLocalStack.createDatabase("socket_outage"), Map.of());
    tenant = new SocketTenant(gateway);
    await().until(() -> gateway.bean(Relay.class).isHearing());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void bringsNotificationsWithoutRedisAndSaysWhatCannotBeDone() {
    String user = tenant.user();
    try (SocketClient client =
        SocketClient.in(gateway, tenant.token(user)).subscribed("room:tea")) {
      servers.redis().kill();
      try {
        await().until(() -> !gateway.bean(Relay.class).isHearing());
        UUID id = tenant.deliver(user, "without Redis");
        long put = System.nanoTime();
        assertThat(client.next("notification").get("id").asString()).isEqualTo(id.toString());
        System.out.printf(
            "without Redis a notification came after %d ms%n",
            Duration.ofNanos(System.nanoTime() - put).toMillis());
        client.say("{'type':'ack','id':'%s'}", id);
        client.next("acked");
        client.say("{'type':'chat','channel':'room:tea','text':'Anybody?'}");
        assertThat(client.next("error").get("code").asString()).isEqualTo("UNAVAILABLE");
        client.say("{'type':'status','status':'away'}");
        assertThat(client.next("error").get("code").asString()).isEqualTo("UNAVAILABLE");
        client.say("{'type':'subscribe','channel':'presence'}");
        assertThat(client.until("subscribed").has("members")).isFalse();
      } finally {
        servers.redis().start();
      }
      await()
          .until(
              () ->
                  gateway.bean(Relay.class).isHearing()
                      && gateway.bean(RedisConnection.class).isAnswering());
      client.say("{'type':'chat','channel':'room:tea','text':'Anybody?'}");
      // Presence may be told anew of those whom Redis had forgotten.
      assertThat(client.until("chat").get("text").asString()).isEqualTo("Anybody?");
    }
  }

  @Test
  void keepsSocketsWithoutPostgres() {
    String user = tenant.user();
    String token = tenant.token(user);
    UUID id = tenant.put(user, "early");
    try (SocketClient client = SocketClient.in(gateway, token)) {
      client.next("notification");
      servers.postgres().kill();
      try {
        client.say("{'type':'ack','id':'%s'}", id);
        assertThat(client.next("error").get("code").asString()).isEqualTo("UNAVAILABLE");
        try (SocketClient late = SocketClient.in(gateway, token)) {
          assertThat(late.rest()).isEmpty();
        }
      } finally {
        servers.postgres().start();
      }
      await()
          .untilAsserted(
              () -> {
                client.say("{'type':'ack','id':'%s'}", id);
                client.next("acked");
              });
      await().untilAsserted(() -> tenant.deliver(user, "late"));
      assertThat(client.next("notification").get("message").asString()).isEqualTo("late");
    }
  }
}
