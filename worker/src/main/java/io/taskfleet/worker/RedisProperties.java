package io.taskfleet.worker;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How Redis is reached, and how little patience there is with it.
 *
 * @param requestQueueSize commands that may wait for an answer; above this they are refused
 */
@ConfigurationProperties("taskfleet.redis")
record RedisProperties(
    @DefaultValue("redis://localhost:6379") String url,
    @DefaultValue("500ms") Duration connectTimeout,
    @DefaultValue("200ms") Duration commandTimeout,
    @DefaultValue("20000") int requestQueueSize) {}
