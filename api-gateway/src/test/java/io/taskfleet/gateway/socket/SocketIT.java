package io.taskfleet.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.redis.RedisConnection;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What clients of two gateways are told, and with which words they are sent away. */
class SocketIT {
  private static TestGateway one;
  private static TestGateway other;
  private static SocketTenant tenant;

  @BeforeAll
  static void start() {
    Map<String, String> settings = new HashMap<>(SocketTenant.ONE_KEY);
    settings.put("taskfleet.socket.times.authentication-within", "2s");
    settings.put("taskfleet.socket.limits.per-user", "3");
    settings.put("taskfleet.security.renew-every", "500ms");
    settings.put("taskfleet.socket.limits.frames-per-minute", "100");
    settings.put("taskfleet.socket.allowed-origins", "https://app.example.com");
    one = TestGateway.onSharedServers("socket", settings);
    settings.put(
        "spring.datasource.url",
        one.bean(Environment.class).getRequiredProperty("spring.datasource.url"));
    other = TestGateway.onSharedServers("unused", settings);
    tenant = new SocketTenant(one);
    await().until(() -> one.bean(Relay.class).isHearing() && other.bean(Relay.class).isHearing());
  }

  @AfterAll
  static void stop() {
    other.close();
    one.close();
  }

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

  record BadFrame(String name, String frame, String code, String pointer) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<BadFrame> badFrames() throws IOException {
    try (InputStream file = SocketIT.class.getResourceAsStream("/bad-inputs/socket.jsonl")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> JsonMapper.shared().readValue(line, BadFrame.class))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("badFrames")
  void saysWhatIsWrongWithAFrameAndGoesOn(BadFrame bad) {
    try (SocketClient client = SocketClient.in(one, tenant.token("bad", "1h", "tasks:write"))) {
      client.sayText(bad.frame());

      JsonNode error = client.next("error");
      assertThat(error.get("code").asString()).as(error.toString()).isEqualTo(bad.code());
      assertThat(error.at("/errors/0/pointer").asString("")).isEqualTo(bad.pointer());
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void closesWhoShowsNoGoodToken() {
    try (SocketClient silent = SocketClient.stranger(one);
        SocketClient talker = SocketClient.stranger(one);
        SocketClient guesser = SocketClient.stranger(one);
        SocketClient holder = SocketClient.offering(one, TestGateway.KEY);
        SocketClient forger = SocketClient.offering(one, unsigned())) {
      talker.say("{'type':'ping'}");
      guesser.say("{'type':'auth','token':'x'}");

      for (SocketClient each : List.of(talker, guesser, holder, forger, silent)) {
        assertThat(each.closeCode()).isEqualTo(1008);
        assertThat(each.taken()).isEmpty();
      }
    }
  }

  private static String unsigned() {
    return new PlainJWT(
            new JWTClaimsSet.Builder()
                .issuer("taskfleet")
                .audience("taskfleet")
                .subject("ada")
                .claim("tenant", tenant.name)
                .claim("scope", "users")
                .build())
        .serialize();
  }

  @Test
  void closesTheSocketsOfARevokedKeyInAllGatewaysAndNoOthers() {
    SocketTenant careless = new SocketTenant(one);
    String token = careless.token("ada");
    try (SocketClient here = SocketClient.in(one, token);
        SocketClient there = SocketClient.in(other, token);
        SocketClient bystander = SocketClient.in(other, tenant.token("ada"))) {
      careless.revokeKey();

      assertThat(here.closeCode()).isEqualTo(1008);
      assertThat(there.closeCode()).isEqualTo(1008);
      for (TestGateway each : List.of(one, other)) {
        try (SocketClient late = SocketClient.offering(each, token)) {
          assertThat(late.closeCode()).isEqualTo(1008);
        }
        assertThat(new GatewayClient(each.url(), token).get("/v1/tasks").statusCode())
            .isEqualTo(401);
      }
      assertThat(bystander.rest()).isEmpty();
    }
  }

  @Test
  void takesATokenInTheFirstMessageAndAFreshOneLater() {
    String fresh = tenant.token("ada");
    String another = tenant.token("bob");
    String first = tenant.token("ada", "4s", "analytics");
    try (SocketClient client = SocketClient.stranger(one)) {
      client.say("{'type':'auth','token':'%s','ref':'1'}", first);
      assertThat(client.next("ready").get("ref").asString()).isEqualTo("1");
      client.say("{'type':'auth','token':'%s'}", fresh);
      assertThat(client.next("ready").get("user_id").asString()).isEqualTo("ada");
      try (SocketClient careless = SocketClient.in(one, tenant.token("eve", "4s", "analytics"))) {
        assertThat(careless.closeCode()).isEqualTo(1008);
      }

      assertThat(client.rest()).isEmpty();
      client.say("{'type':'auth','token':'%s'}", another);
      assertThat(client.closeCode()).isEqualTo(1008);
    }
  }

  @Test
  void closesWhoSendsWhatIsNotText() {
    try (SocketClient client = SocketClient.in(one, tenant.token("ada"))) {
      client.sayBinary(new byte[] {1});

      assertThat(client.closeCode()).isEqualTo(1003);
    }
  }

  @Test
  void closesWhoSendsTooMuchAtOnce() {
    try (SocketClient client = SocketClient.in(one, tenant.token("ada"))) {
      client.sayText("\"" + "x".repeat(20_000) + "\"");

      assertThat(client.closeCode()).isEqualTo(1009);
    }
  }

  @Test
  void warnsAndThenClosesWhoSendsTooOften() {
    try (SocketClient client = SocketClient.in(one, tenant.token("flood"))) {
      long begun = System.nanoTime();
      for (int i = 0; i < 150 && !client.isClosed(); i++) {
        client.say("{'type':'ping'}");
      }

      assertThat(client.closeCode()).isIn(1008, SocketClient.CUT_OFF);
      int refilled = (int) (Duration.ofNanos(System.nanoTime() - begun).toMillis() * 100 / 60_000);
      List<JsonNode> heard = client.taken();
      assertThat(heard).anyMatch(frame -> frame.path("code").asString("").equals("TOO_MANY"));
      assertThat(heard)
          .filteredOn(f -> f.get("type").asString().equals("pong"))
          .hasSizeBetween(100, 100 + refilled);
    }
  }

  @Test
  void refusesMoreThanSoManyOfOneUser() {
    String token = tenant.token("many");
    try (SocketClient a = SocketClient.in(one, token);
        SocketClient b = SocketClient.in(one, token);
        SocketClient c = SocketClient.in(one, token);
        SocketClient d = SocketClient.offering(one, token)) {
      assertThat(d.closeCode()).isEqualTo(1008);
      for (SocketClient each : List.of(a, b, c)) {
        assertThat(each.rest()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /v1/ws 400", "POST /v1/ws 405", "GET /v1/ws?token=x 400"})
  void refusesWhatIsNoHandshake(String line) {
    String[] request = line.split(" ", -1);
    GatewayClient client = new GatewayClient(one.url(), "");

    HttpResponse<String> answer =
        request[0].equals("POST") ? client.post(request[1], "{}") : client.get(request[1]);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(Integer.parseInt(request[2]));
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example.com 101",
        "https://evil.example.com 403",
        "https://app.example.com.evil.com 403",
        "null 403"
      })
  void opensForPagesOfKnownOriginsOnly(String line) throws IOException {
    String[] origin = line.split(" ", -1);
    try (RawSocket raw = RawSocket.connect(one)) {
      assertThat(raw.handshake("Origin: " + origin[0])).isEqualTo(Integer.parseInt(origin[1]));
    }
    try (RawSocket raw = RawSocket.connect(one)) {
      assertThat(raw.handshake("Origin: " + one.url())).isEqualTo(101);
    }
  }

  @Test
  void neverSendsATokenBackOrCompresses() throws IOException {
    try (RawSocket raw = RawSocket.connect(one)) {
      String token = tenant.token("ada");
      raw.handshake(
          "Sec-WebSocket-Protocol: bearer." + token + ", taskfleet.v1",
          "Sec-WebSocket-Extensions: permessage-deflate");

      assertThat(raw.head()).contains("Sec-WebSocket-Protocol: taskfleet.v1");
      assertThat(raw.head()).doesNotContain(token).doesNotContain("permessage-deflate");
    }
  }
}
