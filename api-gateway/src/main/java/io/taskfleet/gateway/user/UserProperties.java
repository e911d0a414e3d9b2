package io.taskfleet.gateway.user;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How users are kept.
 *
 * @param queriesAtOnce how many requests ask Postgres side by side; fewer than the pool has
 *     connections
 * @param patience how long a request waits for its turn
 * @param profileDeadline how long the parts of a profile are waited for
 */
@Validated
@ConfigurationProperties("taskfleet.users")
record UserProperties(
    @DefaultValue("6") @Min(1) int queriesAtOnce,
    @DefaultValue("1s") Duration patience,
    @DefaultValue("1s") Duration profileDeadline,
    @DefaultValue @Valid Cache cache,
    @DefaultValue @Valid Imports imports) {

  UserProperties {
    requirePositive("patience", patience);
    requirePositive("profile-deadline", profileDeadline);
  }

  /**
   * How long what is read may be used again.
   *
   * @param timeToLive in Redis
   * @param leftOutFor how long a user that has changed is not cached: longer than any read that
   *     began before the change can take
   * @param nearEntries how many users this process remembers
   * @param nearTimeToLive how long it does; also how long it may miss a change that Redis does not
   *     tell it of
   */
  record Cache(
      @DefaultValue("5m") Duration timeToLive,
      @DefaultValue("10s") Duration leftOutFor,
      @DefaultValue("10000") @Min(1) int nearEntries,
      @DefaultValue("2s") Duration nearTimeToLive) {

    Cache {
      requirePositive("cache.time-to-live", timeToLive);
      requirePositive("cache.left-out-for", leftOutFor);
      requirePositive("cache.near-time-to-live", nearTimeToLive);
    }
  }

  /**
   * Imports.
   *
   * @param atOnce how many at once
   * @param lines of one import, at most
   * @param deadline how long one may take, its caller's sending included
   */
  record Imports(
      @DefaultValue("4") @Min(1) int atOnce,
      @DefaultValue("1000000") @Min(1) int lines,
      @DefaultValue("10m") Duration deadline) {

    Imports {
      requirePositive("imports.deadline", deadline);
    }
  }

  private static void requirePositive(String name, Duration duration) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException("taskfleet.users." + name + " must be above zero");
    }
  }
}
