package io.taskfleet.gateway.endpoint;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How webhook endpoints are kept.
 *
 * @param mostPerTenant how many a tenant may have
 * @param mostPerUser how many of them may be one user's
 * @param queriesAtOnce how many requests work with Postgres side by side; the pool needs as many
 *     connections
 * @param patience how long a request waits for its turn
 */
@Validated
@ConfigurationProperties("taskfleet.webhook-endpoints")
record EndpointProperties(
    @DefaultValue("1000") @Min(1) int mostPerTenant,
    @DefaultValue("10") @Min(1) int mostPerUser,
    @DefaultValue("1") @Min(1) int queriesAtOnce,
    @DefaultValue("2s") Duration patience) {}
