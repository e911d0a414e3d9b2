package io.taskfleet.gateway.socket;

import static io.taskfleet.gateway.socket.SocketIT.one;
import static io.taskfleet.gateway.socket.SocketIT.other;
import static io.taskfleet.gateway.socket.SocketIT.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.redis.RedisConnection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What users tell each other, and hear of each other, across gateways. Cases of {@link SocketIT}.
 */
abstract class SocketTalk {
  @Test
  void passesChatToTheRoomOnAllGatewaysAndNotToAnotherTenants() {
    SocketTenant stranger = new SocketTenant(one);
    try (SocketClient ada = SocketClient.in(one, tenant.token("ada")).subscribed("room:tea");
        SocketClient bob = SocketClient.in(other, tenant.token("bob")).subscribed("room:tea");
        SocketClient elsewhere =
            SocketClient.in(other, tenant.token("eve")).subscribed("room:coffee");
        SocketClient foreign =
            SocketClient.in(other, stranger.token("mal")).subscribed("room:tea")) {
      ada.say("{'type':'chat','channel':'room:tea','text':'Milk?'}");

      for (SocketClient each : List.of(ada, bob)) {
        JsonNode chat = each.next("chat");
        assertThat(chat.get("user_id").asString()).isEqualTo("ada");
        assertThat(chat.get("text").asString()).isEqualTo("Milk?");
      }
      assertThat(elsewhere.rest()).isEmpty();
      assertThat(foreign.rest()).isEmpty();
      elsewhere.say("{'type':'chat','channel':'room:tea','text':'x'}");
      assertThat(elsewhere.next("error").get("code").asString()).isEqualTo("NOT_SUBSCRIBED");
      bob.say("{'type':'unsubscribe','channel':'room:tea'}");
      bob.next("unsubscribed");
      ada.say("{'type':'chat','channel':'room:tea','text':'Sugar?'}");
      ada.next("chat");
      assertThat(bob.rest()).isEmpty();
    }
  }

  @Test
  void broadcastsForThoseWhoMay() {
    SocketTenant stranger = new SocketTenant(one);
    try (SocketClient ada = SocketClient.in(one, tenant.token("ada", "1h", "users"));
        SocketClient bob = SocketClient.in(other, tenant.token("bob"));
        SocketClient foreign = SocketClient.in(other, stranger.token("mal"))) {
      bob.say("{'type':'notification','broadcast':true,'message':'Fire!'}");
      assertThat(bob.next("error").get("code").asString()).isEqualTo("FORBIDDEN");
      assertThat(ada.rest()).isEmpty();

      ada.say("{'type':'notification','broadcast':true,'message':'Tea at four','data':{'a':1}}");

      JsonNode heard = bob.next("broadcast");
      assertThat(heard.get("user_id").asString()).isEqualTo("ada");
      assertThat(heard.at("/data/a").asInt()).isEqualTo(1);
      assertThat(ada.next("broadcast")).isEqualTo(heard);
      assertThat(foreign.rest()).isEmpty();
    }
  }

  @Test
  void tellsOfAUserFromTheFirstDeviceToTheLast() {
    SocketTenant apart = new SocketTenant(one);
    SocketTenant stranger = new SocketTenant(one);
    try (SocketClient watcher = SocketClient.in(one, apart.token("eve"));
        SocketClient foreign = SocketClient.in(one, stranger.token("mal")).subscribed("presence")) {
      watcher.say("{'type':'subscribe','channel':'presence'}");
      assertThat(watcher.until("subscribed").get("members").toString())
          .isEqualTo("[{\"user_id\":\"eve\",\"status\":\"online\"}]");
      SocketClient phone = SocketClient.in(one, apart.token("ada"));
      assertStatus(watcher.about("ada"), "ada", "online");
      SocketClient laptop = SocketClient.in(other, apart.token("ada"));
      laptop.say("{'type':'status','status':'busy'}");
      assertStatus(watcher.about("ada"), "ada", "busy");
      watcher.say("{'type':'subscribe','channel':'presence'}");
      assertThat(watcher.until("subscribed").get("members").toString())
          .contains("{\"user_id\":\"ada\",\"status\":\"busy\"}");

      phone.cut();
      await()
          .until(
              () ->
                  one.bean(Hub.class).people().stream()
                      .noneMatch(new Person(apart.name, "ada")::equals));
      assertThat(watcher.rest()).noneMatch(f -> f.path("user_id").asString("").equals("ada"));
      laptop.close();

      assertThat(watcher.about("ada").get("type").asString()).isEqualTo("user_disconnected");
      assertThat(foreign.rest()).noneMatch(frame -> frame.toString().contains("ada"));
    }
  }

  private static void assertStatus(JsonNode frame, String user, String status) {
    assertThat(frame.get("type").asString()).isEqualTo("status");
    assertThat(frame.get("user_id").asString()).isEqualTo(user);
    assertThat(frame.get("status").asString()).isEqualTo(status);
  }

  @Test
  void tellsOfAUserWhoseGatewayIsGone() {
    SocketTenant apart = new SocketTenant(one);
    try (SocketClient watcher = SocketClient.in(one, apart.token("eve")).subscribed("presence")) {
      Presence killed =
          new Presence(
              one.bean(RedisConnection.class), one.bean(Relay.class), Duration.ofSeconds(1));
      killed.arrived(new Person(apart.name, "ada"));
      assertStatus(watcher.about("ada"), "ada", "online");

      assertThat(watcher.about("ada").get("type").asString()).isEqualTo("user_disconnected");
    }
  }
}
