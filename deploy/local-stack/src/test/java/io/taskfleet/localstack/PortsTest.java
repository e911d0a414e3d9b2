package io.taskfleet.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class PortsTest {
  private final Ports ports = new Ports(RandomGenerator.getDefault(), Set.of());

  @Test
  void namesServerPortAndOptionWhenAPortIsTaken() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      int taken = other.getLocalPort();

      assertThatThrownBy(() -> ports.settle("Redis", taken, "redisPort"))
          .isInstanceOf(LocalStackException.class)
          .hasMessageContainingAll("Redis", Integer.toString(taken), "redisPort");
    }
  }

  @Test
  void givesNoPortTwice() {
    int port = ports.free();

    assertThatThrownBy(() -> ports.settle("Redis", port, "redisPort"))
        .isInstanceOf(LocalStackException.class);
  }

  @Test
  void keepsAFixedPortThatIsFree() {
    int port = new Ports(RandomGenerator.getDefault(), Set.of()).free();

    assertThat(ports.settle("Redis", port, "redisPort")).isEqualTo(port);
  }
}
