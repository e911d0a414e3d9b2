package io.taskfleet.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.TestGateway;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What clients are told when a gateway is stopped. */
class SocketShutdownIT {

  @Test
  void closesSocketsBeforeTheServerWaits() {
    SocketClient client;
    long asked;
    try (TestGateway gateway = TestGateway.onSharedServers("socket_shutdown", Map.of())) {
      client = SocketClient.in(gateway, new SocketTenant(gateway).token("ada"));
      asked = System.nanoTime();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - asked);

    assertThat(client.closeCode()).isEqualTo(1001);
    assertThat(took).isLessThan(Duration.ofSeconds(8));
  }
}
