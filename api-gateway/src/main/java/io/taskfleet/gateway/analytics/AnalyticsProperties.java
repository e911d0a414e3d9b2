package io.taskfleet.gateway.analytics;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How analytics are asked about.
 *
 * @param queriesAtOnce how many requests work with Postgres side by side; the pool needs as many
 *     connections
 * @param patience how long a request waits for its turn
 */
@Validated
@ConfigurationProperties("taskfleet.analytics")
record AnalyticsProperties(
    @DefaultValue("2") @Min(1) int queriesAtOnce, @DefaultValue("2s") Duration patience) {}
