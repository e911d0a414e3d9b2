package io.taskfleet.gateway.status;

import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class StatusConfiguration {

  @Bean
  RedisConnection redisConnection(RedisProperties properties, ScheduledExecutorService background) {
    RedisConnection connection = new RedisConnection(properties);
    connection.start(background);
    return connection;
  }

  @Bean
  StatusCache statusCache(
      RedisConnection redis, RedisProperties properties, StatusProperties status) {
    return new StatusCache(redis, status.timeToLive(), properties.writesUnderWay().toBytes());
  }

  @Bean
  TaskRows taskRows(JdbcClient jdbc, StatusProperties properties) {
    return new TaskRows(jdbc, properties.queriesAtOnce(), properties.patience());
  }

  @Bean
  StatusReader statusReader(StatusCache cache, TaskRows rows, Clock clock) {
    return new StatusReader(cache, rows, clock);
  }

  @Bean
  EndWatcher endWatcher(StatusCache cache, TaskRows rows, StatusProperties properties) {
    return new EndWatcher(cache, rows, properties);
  }
}
