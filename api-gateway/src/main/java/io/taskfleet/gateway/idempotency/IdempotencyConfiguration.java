package io.taskfleet.gateway.idempotency;

import io.taskfleet.gateway.redis.RedisConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class IdempotencyConfiguration {

  @Bean
  FirstAnswers firstAnswers(RedisConnection redis, IdempotencyProperties properties) {
    return new FirstAnswers(new SharedAnswers(redis, properties), properties);
  }
}
