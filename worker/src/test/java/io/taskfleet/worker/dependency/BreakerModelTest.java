package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.taskfleet.worker.dependency.DependencyControl.Forced;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.FailureClassifier;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random calls, waits, news and orders against a model that says after each whether a call may be
 * made and what the other workers are to be told.
 */
class BreakerModelTest {
  private static final Duration OPEN_FOR = Duration.ofSeconds(10);
  private static final int PROBES = 3;
  private static final DependencyProperties.Breaker SETTINGS =
      new DependencyProperties.Breaker(
          10,
          Duration.ofSeconds(30),
          50,
          Duration.ofSeconds(5),
          OPEN_FOR,
          PROBES,
          Duration.ofHours(1));

  private final SettableClock clock = new SettableClock();
  private final List<String> told = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();
  private final Dependency dependency =
      new Dependency(
          SETTINGS,
          new Dependency.Guards(
              CircuitBreaker.of("model", Dependency.breakerConfig(SETTINGS, clock)),
              new Slots(5, Duration.ZERO),
              new Pace(RateLimiter.ofDefaults("model"))),
          new FailureClassifier(),
          Told::new,
          clock);

  // The model.
  private DependencyState.State state = DependencyState.State.CLOSED;
  private Instant until = Instant.EPOCH;
  private Instant believesAgain = Instant.EPOCH;
  private @Nullable Forced forced;
  private boolean wasTold;
  private boolean wasToldToProbe;
  private int results;
  private int failures;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
  void letsCallsThroughWhenTheModelDoes(long seed) {
    Random random = new Random(seed);
    dependency.adjust(null, 5, Pace.ANY);
    int made = 0;
    boolean failing = false;
    for (int step = 0; step < 5_000; step++) {
      String where = "seed " + seed + ", step " + step;
      if (random.nextInt(40) == 0) {
        failing = !failing;
      }
      switch (random.nextInt(30)) {
        case 0 -> clock.advance(Duration.ofMillis(1 + random.nextInt(15_000)));
        case 1 -> hearOpened(Duration.ofMillis(random.nextInt(20_000) - 500L));
        case 2 -> hearClosed();
        case 3 -> force(random);
        case 4, 5, 6, 7 -> clock.advance(Duration.ofMillis(1 + random.nextInt(2_000)));
        default -> made += call(failing || random.nextInt(10) == 0, where) ? 1 : 0;
      }
      assertThat(told).as(where).isEqualTo(expected);
      assertThat(dependency.limit() == 0).as("limit, " + where).isEqualTo(isClosedOff());
    }
    assertThat(made).as("calls made, seed %d", seed).isBetween(100, 4_900);
    assertThat(told).as("seed %d", seed).contains("opened", "closed");
  }

  private boolean isClosedOff() {
    return forced == null
        ? state == DependencyState.State.OPEN && clock.instant().isBefore(until)
        : forced == Forced.OPEN;
  }

  private boolean call(boolean fails, String where) {
    // The first instant after the wait may count for either.
    if (clock.instant().equals(until)) {
      clock.advance(Duration.ofMillis(1));
    }
    boolean allowed = !isClosedOff();
    int toldBefore = told.size();
    boolean made = isMade(fails);
    assertThat(made).as("made, %s, %s", where, state).isEqualTo(allowed);
    if (made && forced == null) {
      counted(fails, told.size() > toldBefore && told.getLast().equals("opened"));
    }
    return made;
  }

  private boolean isMade(boolean fails) {
    try {
      return dependency.call(
          () -> {
            if (fails) {
              throw new SocketException();
            }
            return true;
          });
    } catch (CallRefusedException refused) {
      assertThat(refused.retryAfter()).isBetween(Turns.SOON, Duration.ofSeconds(91));
      return false;
    } catch (Exception failed) {
      return true;
    }
  }

  /**
   * Which calls of the last half minute count is Resilience4j's to know; the rest is the model's.
   */
  private void counted(boolean failed, boolean saysOpened) {
    if (state == DependencyState.State.OPEN) {
      state = DependencyState.State.HALF_OPEN;
      results = 0;
      failures = 0;
    }
    results++;
    failures += failed ? 1 : 0;
    if (state == DependencyState.State.CLOSED) {
      if (saysOpened) {
        assertThat(results).isGreaterThanOrEqualTo(10);
        assertThat(failures).isGreaterThanOrEqualTo(5);
        open();
      }
    } else if (results == PROBES) {
      if (failures * 2 >= PROBES) {
        open();
      } else {
        close();
      }
    }
  }

  private void open() {
    expected.add("opened");
    state = DependencyState.State.OPEN;
    until = clock.instant().plus(OPEN_FOR);
    wasTold = false;
    wasToldToProbe = false;
  }

  private void close() {
    if (!wasToldToProbe) {
      expected.add("closed");
    }
    if (wasTold) {
      believesAgain = clock.instant().plus(OPEN_FOR.multipliedBy(6));
    }
    begin();
  }

  private void begin() {
    state = DependencyState.State.CLOSED;
    wasTold = false;
    wasToldToProbe = false;
    results = 0;
    failures = 0;
  }

  private void hearOpened(Duration remaining) {
    dependency.heardOpened(remaining);
    if (forced == null
        && state == DependencyState.State.CLOSED
        && remaining.isPositive()
        && !clock.instant().isBefore(believesAgain)) {
      state = DependencyState.State.OPEN;
      until = clock.instant().plus(remaining.compareTo(OPEN_FOR) < 0 ? remaining : OPEN_FOR);
      wasTold = true;
      wasToldToProbe = false;
    }
  }

  private void hearClosed() {
    dependency.heardClosed();
    if (forced == null && state == DependencyState.State.OPEN && clock.instant().isBefore(until)) {
      until = clock.instant();
      wasTold = false;
      wasToldToProbe = true;
    }
  }

  private void force(Random random) {
    Forced wanted =
        switch (random.nextInt(5)) {
          case 0 -> Forced.OPEN;
          case 1 -> Forced.CLOSED;
          default -> null;
        };
    dependency.adjust(wanted, 5, Pace.ANY);
    if (forced != null && wanted == null) {
      begin();
    }
    forced = wanted;
  }

  private final class Told implements BreakerNews {
    @Override
    public void opened(String name, Duration openFor) {
      assertThat(openFor).isEqualTo(OPEN_FOR);
      told.add("opened");
    }

    @Override
    public void closed(String name) {
      told.add("closed");
    }

    @Override
    public void appeared(String name) {}
  }
}
