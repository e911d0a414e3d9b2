package io.taskfleet.gateway.schedule;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How schedules are kept.
 *
 * @param mostPerTenant how many a tenant may have
 * @param queriesAtOnce how many requests work with Postgres side by side; the pool needs as many
 *     connections
 * @param patience how long a request waits for its turn
 */
@Validated
@ConfigurationProperties("taskfleet.schedules")
record ScheduleProperties(
    @DefaultValue("10000") @Min(1) int mostPerTenant,
    @DefaultValue("2") @Min(1) int queriesAtOnce,
    @DefaultValue("2s") Duration patience) {}
