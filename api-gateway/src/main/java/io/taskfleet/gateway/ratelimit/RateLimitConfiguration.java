package io.taskfleet.gateway.ratelimit;

import io.github.bucket4j.TimeMeter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RateLimitConfiguration {

  @Bean
  RateLimits rateLimits(RateLimitProperties properties, RedisLink redis) {
    return new RateLimits(properties, redis, TimeMeter.SYSTEM_NANOTIME);
  }
}
