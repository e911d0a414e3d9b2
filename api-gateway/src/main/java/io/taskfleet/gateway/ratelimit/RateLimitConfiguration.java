package io.taskfleet.gateway.ratelimit;

import io.github.bucket4j.TimeMeter;
import io.taskfleet.gateway.redis.RedisConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RateLimitConfiguration {

  @Bean
  RateLimits rateLimits(RateLimitProperties properties, RedisConnection redis) {
    return new RateLimits(
        properties, new SharedBuckets(redis::commands), TimeMeter.SYSTEM_NANOTIME);
  }
}
