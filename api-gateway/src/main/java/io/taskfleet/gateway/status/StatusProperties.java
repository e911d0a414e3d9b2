package io.taskfleet.gateway.status;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How tasks are read and waited for.
 *
 * @param timeToLive how long Redis keeps the note that a task was accepted
 * @param queriesAtOnce how many requests ask Postgres side by side; fewer than the pool has
 *     connections
 * @param patience how long a request waits for its turn
 * @param every the pause between two questions to a Redis that does not tell of changes
 * @param slice how many tasks one question is about
 * @param bytesPerSecond what the watcher reads of Redis at most, roughly
 * @param rowsEvery how often Postgres is asked although Redis answers, and Redis although it tells
 *     of changes
 * @param rowsEveryWithoutRedis how often Postgres is asked when Redis is away
 */
@Validated
@ConfigurationProperties("taskfleet.status")
record StatusProperties(
    @DefaultValue("24h") Duration timeToLive,
    @DefaultValue("6") @Min(1) int queriesAtOnce,
    @DefaultValue("2s") Duration patience,
    @DefaultValue("50ms") Duration every,
    @DefaultValue("200") @Min(1) int slice,
    @DefaultValue("20MB") DataSize bytesPerSecond,
    @DefaultValue("2s") Duration rowsEvery,
    @DefaultValue("250ms") Duration rowsEveryWithoutRedis) {
  private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

  StatusProperties {
    if (!every.isPositive() || bytesPerSecond.toBytes() < 1) {
      throw new IllegalArgumentException(
          "taskfleet.status.every and taskfleet.status.bytes-per-second must be above zero");
    }
  }

  /** How long to rest after having read this much. */
  Duration pauseAfter(long bytes) {
    return Duration.ofNanos(bytes * NANOS_PER_SECOND / bytesPerSecond.toBytes());
  }
}
