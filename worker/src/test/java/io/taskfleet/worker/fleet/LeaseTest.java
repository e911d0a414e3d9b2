package io.taskfleet.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTest {
  private static final Duration TIME = Duration.ofSeconds(4);
  private static final long LAPSED = TIME.toNanos();
  private static final long SURELY_LAPSED = LAPSED + LAPSED / Lease.LATER;

  private final Lease lease = new Lease(10, TIME, 0);

  @Test
  void holdsNothingBeforeRedisHasAnswered() {
    assertThat(lease.tryTake(1)).isFalse();
    assertThat(lease.isUrgent()).isTrue();
  }

  @Test
  void usesNoMoreThanItHolds() {
    grant(lease, 2, 2, 0);

    assertThat(taken(lease, 0)).isEqualTo(2);
  }

  @Test
  void asksForMoreThanItUsesOnlyWhenSomebodyWasTurnedAway() {
    grant(lease, 2, 2, 0);
    assertThat(lease.tryTake(0)).isTrue();

    int contented = lease.request(0).want();
    assertThat(taken(lease, 0)).isEqualTo(1);
    int more = lease.request(0).want();

    assertThat(contented).isEqualTo(1);
    assertThat(more).isGreaterThan(2);
  }

  @Test
  void shrinksAsPermitsComeBackAndTakesNothingUntilItFits() {
    grant(lease, 5, 5, 0);
    assertThat(taken(lease, 0)).isEqualTo(5);

    grant(lease, 5, 2, 0);
    lease.giveBack();
    lease.giveBack();
    lease.giveBack();
    Lease.Request request = lease.request(0);

    assertThat(lease.tryTake(0)).isFalse();
    assertThat(request.used()).as("told to Redis").isEqualTo(2);
    lease.giveBack();
    assertThat(lease.tryTake(0)).isTrue();
  }

  @Test
  void promisesNeverLessThanItUses() {
    grant(lease, 5, 5, 0);
    assertThat(taken(lease, 0)).isEqualTo(5);
    grant(lease, 5, 0, 0);

    assertThat(lease.request(0).used()).isEqualTo(5);
    assertThat(lease.request(SURELY_LAPSED).used()).isEqualTo(5);
  }

  @Test
  void takesNothingWhenItHasLapsedAndNobodyKnowsWhy() {
    grant(lease, 5, 5, 0);

    assertThat(lease.tryTake(LAPSED)).isFalse();
  }

  @Test
  void waitsUntilTheLeasesOfOthersHaveLapsedToo() {
    grant(lease, 5, 5, 0);

    lease.missed(LAPSED);
    assertThat(lease.tryTake(LAPSED)).isFalse();
    lease.missed(SURELY_LAPSED);
    assertThat(lease.tryTake(SURELY_LAPSED)).isTrue();
  }

  @Test
  void takesNothingWhileItComesBackToRedis() {
    grant(lease, 5, 5, 0);
    lease.missed(SURELY_LAPSED);

    Lease.Request request = lease.request(SURELY_LAPSED);

    assertThat(lease.tryTake(SURELY_LAPSED)).isFalse();
    assertThat(request.used()).isZero();
    assertThat(request.trusted()).isEqualTo(10);
    lease.missed(SURELY_LAPSED);
    assertThat(lease.tryTake(SURELY_LAPSED)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"10, 3", "1, 4", "7, 7", "100, 9", "5, 1"})
  void sharesWithoutRedisAddUpToTheLimit(int limit, int workers) {
    int total =
        IntStream.range(0, workers)
            .map(
                rank -> {
                  Lease each = new Lease(limit, TIME, 0);
                  each.request(0);
                  each.granted(new Lease.Grant(0, 0, workers, rank, false), 0);
                  each.missed(SURELY_LAPSED);
                  return taken(each, SURELY_LAPSED);
                })
            .sum();

    assertThat(total).isEqualTo(limit);
  }

  @Test
  void aServerThatHasForgottenDoesNotMakeTheFleetLookSmaller() {
    lease.request(0);
    lease.granted(new Lease.Grant(0, 0, 5, 0, false), 0);
    lease.request(0);
    lease.granted(new Lease.Grant(0, 0, 1, 0, true), 0);

    lease.missed(SURELY_LAPSED);

    assertThat(taken(lease, SURELY_LAPSED)).isEqualTo(2);
  }

  @Test
  void givesNothingBackTwice() {
    assertThatThrownBy(lease::giveBack).isInstanceOf(IllegalStateException.class);
  }

  private static void grant(Lease lease, int permits, int target, long now) {
    lease.request(now);
    lease.granted(new Lease.Grant(permits, target, 1, 0, false), now);
  }

  private static int taken(Lease lease, long now) {
    int taken = 0;
    while (lease.tryTake(now)) {
      taken++;
    }
    return taken;
  }
}
