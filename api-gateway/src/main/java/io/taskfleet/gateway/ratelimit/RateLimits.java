package io.taskfleet.gateway.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests and refuses those that are too many. What is left is said on each answer, in the
 * fields of draft-ietf-httpapi-ratelimit-headers.
 */
public final class RateLimits {
  // By then a bucket is full again, whatever was taken from it.
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(3);
  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final String KEY = "\"key\"";
  private static final String ADDRESS = "\"address\"";

  private final RateLimitProperties properties;
  private final SharedBuckets shared;
  private final TimeMeter time;
  private final Cache<KeyLimit, Allowance> keys;
  private final Cache<String, Allowance> addresses;

  RateLimits(RateLimitProperties properties, SharedBuckets shared, TimeMeter time) {
    this.properties = properties;
    this.shared = shared;
    this.time = time;
    keys = cache(properties.remembered());
    addresses = cache(properties.remembered());
  }

  private record KeyLimit(UUID id, int perMinute) {}

  private static <K> Cache<K, Allowance> cache(int size) {
    return Caffeine.newBuilder().maximumSize(size).expireAfterAccess(FORGOTTEN_AFTER).build();
  }

  /**
   * Counts a request that came with this key.
   *
   * @param perMinute the key's own limit, if it has one
   * @throws ProblemException if it is one too many
   */
  public void countKey(UUID id, @Nullable Integer perMinute, HttpServletResponse response) {
    if (!properties.enabled()) {
      return;
    }
    int limit = perMinute == null ? properties.perKey() : perMinute;
    Allowance allowance =
        keys.get(
            new KeyLimit(id, limit),
            key -> new Allowance("key:" + key.id(), key.perMinute(), shared, time));
    count(allowance, KEY, limit, response);
  }

  /**
   * Counts a request that came without a good key.
   *
   * @throws ProblemException if it is one too many
   */
  public void countStranger(String address, HttpServletResponse response) {
    if (properties.enabled()) {
      count(ofAddress(address), ADDRESS, properties.perAddress(), response);
    }
  }

  /**
   * Lets a request that may turn out to have no good key go on, and counts nothing yet.
   *
   * @throws ProblemException if nothing more may come from there without one
   */
  public void requireRoomForStranger(String address, HttpServletResponse response) {
    if (properties.enabled() && ofAddress(address).isUsedUp()) {
      countStranger(address, response);
    }
  }

  private Allowance ofAddress(String address) {
    return addresses.get(
        Network.of(address),
        network -> new Allowance("address:" + network, properties.perAddress(), shared, time));
  }

  private static void count(
      Allowance allowance, String name, int perMinute, HttpServletResponse response) {
    ConsumptionProbe taken = allowance.take();
    response.setHeader("RateLimit-Policy", name + ";q=" + perMinute + ";w=60");
    response.setHeader(
        "RateLimit",
        name
            + ";r="
            + Math.max(0, taken.getRemainingTokens())
            + ";t="
            + seconds(taken.getNanosToWaitForReset()));
    if (!taken.isConsumed()) {
      throw ProblemException.of(
              ProblemType.TOO_MANY_REQUESTS, perMinute + " requests a minute are allowed")
          .withHeader("Retry-After", Long.toString(seconds(taken.getNanosToWaitForRefill())));
    }
  }

  // Rounded up, and never now.
  private static long seconds(long nanos) {
    return Math.max(1, Math.ceilDiv(nanos, NANOS_PER_SECOND));
  }
}
