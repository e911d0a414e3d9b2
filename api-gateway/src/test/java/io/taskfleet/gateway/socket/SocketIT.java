package io.taskfleet.gateway.socket;

import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.TestGateway;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.springframework.core.env.Environment;

/** What clients of two gateways are told, and with which words they are sent away. */
class SocketIT {
  static TestGateway one;
  static TestGateway other;
  static SocketTenant tenant;

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

  @Nested
  class InboxCases extends SocketInbox {}

  @Nested
  class TalkCases extends SocketTalk {}

  @Nested
  class FramesCases extends SocketFrames {}

  @Nested
  class DoorCases extends SocketDoor {}
}
