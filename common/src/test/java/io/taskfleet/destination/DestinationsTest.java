package io.taskfleet.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class DestinationsTest {
  private final Destinations development =
      Destinations.publicAnd(List.of("127.0.0.0/8", " ::1 ", "10.1.0.0/16"));

  @Test
  void anythingButAnAddressMayBeNamed() {
    assertThat(Destinations.PUBLIC.mayBeNamed("example.org")).isTrue();
    assertThat(Destinations.PUBLIC.mayBeNamed("localhost")).isTrue();
  }

  @Test
  void publicAddressesMayBeNamed() {
    assertThat(Destinations.PUBLIC.mayBeNamed("1.1.1.1")).isTrue();
    assertThat(Destinations.PUBLIC.mayBeNamed("[2606:4700::1111]")).isTrue();
    assertThat(Destinations.PUBLIC.mayBeNamed("10.1.2.3")).isFalse();
    assertThat(Destinations.PUBLIC.mayBeNamed("[::1]")).isFalse();
  }

  @Test
  void whatIsAllowedIsAllowedInItsPlainSpellingOnly() {
    assertThat(development.mayBeNamed("127.0.0.1")).isTrue();
    assertThat(development.mayBeNamed("[::1]")).isTrue();
    assertThat(development.mayBeNamed("10.1.2.3")).isTrue();
    assertThat(development.mayBeNamed("10.2.0.0")).isFalse();
    assertThat(development.mayBeNamed("2130706433")).isFalse();
    assertThat(development.mayBeNamed("127.1")).isFalse();
    assertThat(development.mayBeNamed("[::1%lo]")).isFalse();
  }

  @Test
  void addressesAreReachedByTheSameRules() {
    assertThat(development.mayBeReached(InetAddress.ofLiteral("127.9.9.9"))).isTrue();
    assertThat(development.mayBeReached(InetAddress.ofLiteral("169.254.169.254"))).isFalse();
    assertThat(Destinations.PUBLIC.mayBeReached(InetAddress.ofLiteral("127.0.0.1"))).isFalse();
  }
}
