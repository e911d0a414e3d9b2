package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.taskfleet.worker.failure.CallRefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DomainPacesTest {
  private final DomainPaces paces =
      new DomainPaces(
          Map.of("slow.example", 2, "*", 3),
          Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC));

  @Test
  void letsSoManyThroughInASecondAndTellsTheOthersTheirTurns() throws Exception {
    paces.take(List.of("slow.example"));
    paces.take(List.of("slow.example"));

    assertThat(wait("slow.example")).isEqualTo(Duration.ofSeconds(1));
    assertThat(wait("slow.example")).isEqualTo(Duration.ofMillis(1500));
    assertThat(wait("slow.example")).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void oneDomainDelaysNoOther() throws Exception {
    paces.take(List.of("slow.example"));
    paces.take(List.of("slow.example"));

    for (int i = 0; i < 3; i++) {
      paces.take(List.of("one.example"));
      paces.take(List.of("two.example"));
    }

    assertThat(wait("one.example")).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aMailThatIsTooEarlyForOneDomainCountsForNone() throws Exception {
    paces.take(List.of("slow.example"));
    paces.take(List.of("slow.example"));

    for (int i = 0; i < 5; i++) {
      assertThat(wait("one.example", "slow.example")).isPositive();
    }

    paces.take(List.of("one.example"));
  }

  private Duration wait(String... domains) {
    CallRefusedException refused =
        catchThrowableOfType(CallRefusedException.class, () -> paces.take(List.of(domains)));
    return refused.retryAfter();
  }
}
