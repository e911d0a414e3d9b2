package io.taskfleet.gateway.socket;

import static io.taskfleet.gateway.socket.SocketIT.one;
import static io.taskfleet.gateway.socket.SocketIT.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Frames that are not good, and those who send too much of them. Cases of {@link SocketIT}. */
abstract class SocketFrames {
  record BadFrame(String name, String frame, String code, String pointer) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<BadFrame> badFrames() throws IOException {
    try (InputStream file = SocketFrames.class.getResourceAsStream("/bad-inputs/socket.jsonl")) {
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
}
