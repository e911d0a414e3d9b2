package io.taskfleet.gateway.socket;

import static io.taskfleet.gateway.socket.SocketIT.one;
import static io.taskfleet.gateway.socket.SocketIT.other;
import static io.taskfleet.gateway.socket.SocketIT.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, and who is sent away. Cases of {@link SocketIT}. */
abstract class SocketDoor {
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
