package io.taskfleet.worker;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How Redis is reached. Nobody waits for its answers; what it has not taken by the timeout is left
 * out.
 *
 * @param requestQueueSize commands that may wait for an answer; above this they are refused
 */
@ConfigurationProperties("taskfleet.redis")
record RedisProperties(
    @DefaultValue("redis://localhost:6379") String url,
    @DefaultValue("500ms") Duration connectTimeout,
    @DefaultValue("2s") Duration commandTimeout,
    @DefaultValue("10000") int requestQueueSize) {}
