package io.taskfleet.worker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.destination.Destinations;
import io.taskfleet.worker.failure.BlockedDestinationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedDnsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    end.countDown();
  }

  @Test
  void resolvesToPublicAddresses() throws Exception {
    try (GuardedDns dns =
        new GuardedDns(Destinations.PUBLIC, LONG, host -> addresses("1.1.1.1", "2606:4700::1"))) {
      assertThat(dns.resolve("example.org")).containsExactly(addresses("1.1.1.1", "2606:4700::1"));
    }
  }

  @Test
  void refusesANameWithASinglePrivateAddress() {
    try (GuardedDns dns =
        new GuardedDns(Destinations.PUBLIC, LONG, host -> addresses("1.1.1.1", "10.0.0.1"))) {
      assertThatThrownBy(() -> dns.resolve("example.org"))
          .isInstanceOf(BlockedDestinationException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "localhost", "169.254.169.254", "::ffff:10.0.0.1"})
  void refusesLiteralsAndLocalNames(String host) {
    try (GuardedDns dns = new GuardedDns(Destinations.PUBLIC, LONG, InetAddress::getAllByName)) {
      assertThatThrownBy(() -> dns.resolve(host)).isInstanceOf(BlockedDestinationException.class);
    }
  }

  @Test
  void refusesDisguisesEvenWherePrivateAddressesAreAllowed() throws Exception {
    try (GuardedDns dns =
        new GuardedDns(
            Destinations.publicAnd(List.of("127.0.0.0/8")), LONG, InetAddress::getAllByName)) {
      assertThat(dns.resolve("127.0.0.1")).containsExactly(addresses("127.0.0.1"));
      assertThatThrownBy(() -> dns.resolve("2130706433"))
          .isInstanceOf(BlockedDestinationException.class);
    }
  }

  @Test
  void triesOnlyAFewAddresses() throws Exception {
    try (GuardedDns dns =
        new GuardedDns(
            Destinations.PUBLIC,
            LONG,
            host -> addresses("1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"))) {
      assertThat(dns.resolve("example.org"))
          .containsExactly(addresses("1.1.1.1", "1.1.1.2", "1.1.1.3"));
    }
  }

  @Test
  void doesNotWaitForAResolverThatHangs() {
    try (GuardedDns dns = new GuardedDns(Destinations.PUBLIC, SHORT, this::hang)) {
      assertThatThrownBy(() -> dns.resolve("example.org"))
          .isInstanceOf(UnknownHostException.class)
          .hasMessageContaining("too long");
    }
  }

  @Test
  void boundsTheLookupsThatHang() throws Exception {
    try (GuardedDns dns = new GuardedDns(Destinations.PUBLIC, Duration.ofMillis(1), this::hang)) {
      for (int i = 0; i < 200; i++) {
        assertThatThrownBy(() -> dns.resolve("example.org"))
            .isInstanceOf(UnknownHostException.class);
      }

      assertThat(
              Thread.getAllStackTraces().keySet().stream()
                  .filter(thread -> thread.getName().startsWith("lookup-"))
                  .count())
          .isLessThan(100);
    }
  }

  /** As the system's resolver does: an interrupt changes nothing. */
  private InetAddress[] hang(String host) {
    boolean ended = false;
    while (!ended) {
      try {
        end.await();
        ended = true;
      } catch (InterruptedException ignored) {
        ended = false;
      }
    }
    return new InetAddress[0];
  }

  private static InetAddress[] addresses(String... literals) throws UnknownHostException {
    InetAddress[] addresses = new InetAddress[literals.length];
    for (int i = 0; i < literals.length; i++) {
      addresses[i] = InetAddress.getByName(literals[i]);
    }
    return addresses;
  }
}
