package io.taskfleet.gateway.ratelimit;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How many requests callers may send.
 *
 * @param enabled whether anything is limited at all
 * @param perKey requests a minute of an API key that has no limit of its own
 * @param perAddress requests a minute without a good key from one address; of IPv6, from one /64
 * @param remembered how many keys, and how many addresses, are counted at a time
 */
@Validated
@ConfigurationProperties("taskfleet.rate-limit")
record RateLimitProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("6000") @Min(1) int perKey,
    @DefaultValue("100") @Min(1) int perAddress,
    @DefaultValue("100000") @Min(1) int remembered) {}
