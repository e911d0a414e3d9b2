package io.taskfleet.worker;

import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How Redis is reached. Nobody waits for its answers; what it has not taken by the timeout is left
 * out.
 *
 * @param url such as {@code redis://user:password@host:6379/0}
 * @param queue commands under way at most; more are refused
 */
@Validated
@ConfigurationProperties("taskfleet.redis")
record RedisProperties(
    @DefaultValue("redis://localhost:6379") URI url,
    @DefaultValue("500ms") Duration connectTimeout,
    @DefaultValue("2s") Duration commandTimeout,
    @DefaultValue("10000") @Min(1) int queue) {

  // The URL may hold a password.
  @Override
  public String toString() {
    return "RedisProperties[host=" + url.getHost() + ", port=" + url.getPort() + "]";
  }
}
