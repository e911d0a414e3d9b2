package io.taskfleet.gateway.template;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How templates are kept.
 *
 * @param mostPerTenant how many a tenant may have
 * @param versions how many of each are kept, the newest
 * @param queriesAtOnce how many requests work with Postgres side by side; the pool needs as many
 *     connections
 * @param patience how long a request waits for its turn
 */
@Validated
@ConfigurationProperties("taskfleet.email-templates")
record TemplateProperties(
    @DefaultValue("1000") @Min(1) int mostPerTenant,
    @DefaultValue("100") @Min(1) int versions,
    @DefaultValue("2") @Min(1) int queriesAtOnce,
    @DefaultValue("2s") Duration patience) {}
