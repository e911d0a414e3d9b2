package io.taskfleet.gateway.socket;

import static io.taskfleet.gateway.socket.SocketIT.one;
import static io.taskfleet.gateway.socket.SocketIT.other;
import static io.taskfleet.gateway.socket.SocketIT.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What comes into inboxes is brought to the devices of its user. Cases of {@link SocketIT}. */
abstract class SocketInbox {
  @Test
  void deliversToAllDevicesOfTheUserAndToNobodyElse() {
    String ada = tenant.user();
    SocketTenant stranger = new SocketTenant(one);
    try (SocketClient here = SocketClient.in(one, tenant.token(ada));
        SocketClient there = SocketClient.in(other, tenant.token(ada));
        SocketClient bob = SocketClient.in(other, tenant.token(tenant.user()));
        SocketClient namesake = SocketClient.in(other, stranger.token(ada))) {
      UUID id = tenant.deliver(ada, "Hello");

      for (SocketClient device : List.of(here, there)) {
        JsonNode notification = device.next("notification");
        assertThat(notification.get("id").asString()).isEqualTo(id.toString());
        assertThat(notification.get("message").asString()).isEqualTo("Hello");
      }
      tenant.tell(ada, id);
      for (SocketClient device : List.of(here, there, bob, namesake)) {
        assertThat(device.rest()).isEmpty();
      }
      namesake.say("{'type':'ack','id':'%s'}", id);
      assertThat(namesake.next("error").get("code").asString()).isEqualTo("UNKNOWN_NOTIFICATION");
    }
  }

  @Test
  void bringsWhatWaitedInOrderAndNotAgainOnceItWasAcknowledged() {
    String ada = tenant.user();
    List<UUID> waiting = List.of(tenant.put(ada, "1"), tenant.put(ada, "2"), tenant.put(ada, "3"));
    try (SocketClient client = SocketClient.in(one, tenant.token(ada))) {
      for (UUID id : waiting) {
        assertThat(client.next("notification").get("id").asString()).isEqualTo(id.toString());
      }
      client.say("{'type':'ack','id':'%s','ref':'a'}", waiting.get(1));
      assertThat(client.next("acked").get("ref").asString()).isEqualTo("a");
      tenant.tell(ada, waiting.get(1));
      tenant.tell(ada, waiting.get(2));
      assertThat(client.rest()).isEmpty();
    }

    try (SocketClient again = SocketClient.in(other, tenant.token(ada))) {
      assertThat(again.next("notification").get("message").asString()).isEqualTo("1");
      assertThat(again.next("notification").get("message").asString()).isEqualTo("3");
      assertThat(again.rest()).isEmpty();
    }
  }

  @Test
  void bringsMoreThanTheWindowAsItIsAcknowledged() {
    String ada = tenant.user();
    int many = 300;
    for (int i = 0; i < many; i++) {
      tenant.put(ada, Integer.toString(i));
    }
    try (SocketClient client = SocketClient.in(one, tenant.token(ada))) {
      for (int i = 0; i < 256; i++) {
        assertThat(client.next("notification").get("message").asInt()).isEqualTo(i);
        if (i == 255) {
          assertThat(client.rest()).isEmpty();
          client.say("{'type':'ack','id':'%s'}", firstOf(ada));
          client.next("acked");
        }
      }
      assertThat(client.next("notification").get("message").asInt()).isEqualTo(256);
      assertThat(client.rest()).isEmpty();
    }
  }

  private static String firstOf(String user) {
    return GatewayClient.json(
            tenant.client.get("/v1/users/" + user + "/notifications?page_size=200"))
        .get("notifications")
        .get(199)
        .get("id")
        .asString();
  }

  @Test
  void submitsNotificationsForThoseWhoMay() {
    String bob = tenant.user();
    try (SocketClient ada = SocketClient.in(one, tenant.token("ada", "1h", "tasks:write"));
        SocketClient eve = SocketClient.in(one, tenant.token("eve"))) {
      ada.say("{'type':'notification','user_id':'%s','message':'Hi','ref':'n'}", bob);
      JsonNode accepted = ada.next("accepted");
      eve.say("{'type':'notification','user_id':'%s','message':'Hi'}", bob);

      assertThat(accepted.get("ref").asString()).isEqualTo("n");
      HttpResponse<String> task = tenant.client.get("/v1/tasks/" + accepted.get("id").asString());
      assertThat(GatewayClient.json(task).get("type").asString()).isEqualTo("notification");
      assertThat(eve.next("error").get("code").asString()).isEqualTo("FORBIDDEN");
    }
  }
}
