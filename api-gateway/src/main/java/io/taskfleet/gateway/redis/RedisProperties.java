package io.taskfleet.gateway.redis;

import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The Redis server.
 *
 * @param url such as {@code redis://user:password@host:6379/0}
 * @param commandTimeout how long a request waits for an answer
 * @param connectTimeout how long a connection may take
 * @param queue commands under way at most; more are refused
 * @param writesUnderWay bytes of statuses on their way at most; more are not written
 * @param checkEvery how often the server is asked whether it is there
 */
@Validated
@ConfigurationProperties("taskfleet.redis")
public record RedisProperties(
    @DefaultValue("redis://localhost:6379") URI url,
    @DefaultValue("200ms") Duration commandTimeout,
    @DefaultValue("500ms") Duration connectTimeout,
    @DefaultValue("10000") @Min(1) int queue,
    @DefaultValue("16MB") DataSize writesUnderWay,
    @DefaultValue("500ms") Duration checkEvery) {

  // The URL may hold a password.
  @Override
  public String toString() {
    return "RedisProperties[host=" + url.getHost() + ", port=" + url.getPort() + "]";
  }
}
