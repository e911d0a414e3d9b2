package io.taskfleet.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.bucket4j.TimeMeter;
import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

/** What one gateway lets through by itself, without Redis. */
class RateLimitsTest {
  private static final UUID KEY = UUID.randomUUID();

  private final SettableTime time = new SettableTime();
  private final RateLimits limits =
      new RateLimits(
          new RateLimitProperties(true, 60, 10, 1000), new SharedBuckets(Optional::empty), time);

  @Test
  void letsABurstOfAMinuteThroughAndNoMore() {
    assertThat(letThrough(KEY, null, 200)).isEqualTo(60);
  }

  @Test
  void refillsSteadily() {
    letThrough(KEY, null, 60);

    time.advance(Duration.ofSeconds(5));

    assertThat(letThrough(KEY, null, 60)).isEqualTo(5);
  }

  @Test
  void saysOnEachAnswerWhatIsLeft() {
    MockHttpServletResponse response = new MockHttpServletResponse();

    limits.countKey(KEY, null, response);

    assertThat(response.getHeader("RateLimit-Policy")).isEqualTo("\"key\";q=60;w=60");
    assertThat(response.getHeader("RateLimit")).isEqualTo("\"key\";r=59;t=1");
  }

  @Test
  void saysWhenToComeBack() {
    letThrough(KEY, null, 60);
    MockHttpServletResponse response = new MockHttpServletResponse();

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> limits.countKey(KEY, null, response))
        .withMessage("60 requests a minute are allowed");

    assertThat(response.getHeader("RateLimit")).isEqualTo("\"key\";r=0;t=60");
  }

  @Test
  void countsEachKeyByItself() {
    letThrough(KEY, null, 100);

    assertThat(letThrough(UUID.randomUUID(), null, 100)).isEqualTo(60);
  }

  @Test
  void keepsToTheLimitOfAKeyThatHasOne() {
    assertThat(letThrough(KEY, 7, 100)).isEqualTo(7);
    assertThat(letThrough(KEY, 1_000_000, 100)).isEqualTo(100);
  }

  @Test
  void countsAHouseholdOfIpv6AsOne() {
    assertThat(strangersLetThrough("2001:db8::1", 6)).isEqualTo(6);
    assertThat(strangersLetThrough("2001:db8::ffff:2", 6)).isEqualTo(4);
    assertThat(strangersLetThrough("2001:db8:0:1::1", 6)).isEqualTo(6);
    assertThat(strangersLetThrough("192.0.2.1", 20)).isEqualTo(10);
    assertThat(strangersLetThrough("192.0.2.2", 20)).isEqualTo(10);
  }

  @Test
  void looksWhetherThereIsRoomWithoutTakingIt() {
    MockHttpServletResponse response = new MockHttpServletResponse();
    limits.requireRoomForStranger("192.0.2.1", response);
    assertThat(strangersLetThrough("192.0.2.1", 20)).isEqualTo(10);

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> limits.requireRoomForStranger("192.0.2.1", response));
  }

  @Test
  void limitsNothingWhenSwitchedOff() {
    RateLimits off =
        new RateLimits(
            new RateLimitProperties(false, 1, 1, 1), new SharedBuckets(Optional::empty), time);
    MockHttpServletResponse response = new MockHttpServletResponse();

    for (int i = 0; i < 10; i++) {
      off.countKey(KEY, 1, response);
      off.countStranger("192.0.2.1", response);
      off.requireRoomForStranger("192.0.2.1", response);
    }

    assertThat(response.getHeaderNames()).isEmpty();
  }

  private int letThrough(UUID key, @Nullable Integer perMinute, int requests) {
    return count(requests, () -> limits.countKey(key, perMinute, new MockHttpServletResponse()));
  }

  private int strangersLetThrough(String address, int requests) {
    return count(requests, () -> limits.countStranger(address, new MockHttpServletResponse()));
  }

  private static int count(int requests, Runnable request) {
    int granted = 0;
    for (int i = 0; i < requests; i++) {
      try {
        request.run();
        granted++;
      } catch (ProblemException tooMany) {
        // Not counted.
      }
    }
    return granted;
  }

  private static final class SettableTime implements TimeMeter {
    private final AtomicLong nanos = new AtomicLong();

    void advance(Duration duration) {
      nanos.addAndGet(duration.toNanos());
    }

    @Override
    public long currentTimeNanos() {
      return nanos.get();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
