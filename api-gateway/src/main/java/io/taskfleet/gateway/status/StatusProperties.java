package io.taskfleet.gateway.status;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
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
    @DefaultValue("2s") Duration rowsEvery,
    @DefaultValue("250ms") Duration rowsEveryWithoutRedis) {

  StatusProperties {
    if (!every.isPositive()) {
      throw new IllegalArgumentException("taskfleet.status.every must be above zero");
    }
  }
}
