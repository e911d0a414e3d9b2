package io.taskfleet.gateway.idempotency;

import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.gateway.retention.RetentionProperties;
import io.taskfleet.gateway.web.JsonBodyResolver;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class IdempotencyConfiguration implements WebMvcConfigurer {
  private final JsonBodyResolver bodies;

  IdempotencyConfiguration(JsonBodyResolver bodies) {
    this.bodies = bodies;
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new IdempotencyKeyResolver());
    resolvers.add(new RepeatableRequestResolver(bodies));
  }

  @Bean
  static FirstAnswers firstAnswers(
      RedisConnection redis, IdempotencyProperties properties, RetentionProperties retention) {
    retention.requireAtLeast(properties.keep(), "taskfleet.idempotency.keep");
    return new FirstAnswers(new SharedAnswers(redis, properties), properties);
  }
}
