package io.taskfleet.gateway.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RedisConfiguration {

  @Bean(destroyMethod = "shutdown")
  ClientResources redisResources() {
    return RedisConnection.resources();
  }

  @Bean(destroyMethod = "shutdown")
  RedisClient redisClient(ClientResources resources, RedisProperties properties) {
    return RedisConnection.client(resources, properties);
  }

  @Bean
  RedisConnection redisConnection(
      RedisClient client, RedisProperties properties, ScheduledExecutorService background) {
    RedisConnection connection = new RedisConnection(client, properties);
    connection.start(background, anew -> {});
    return connection;
  }
}
