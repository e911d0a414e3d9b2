package io.taskfleet.gateway.status;

import io.lettuce.core.RedisClient;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class StatusConfiguration {

  @Bean(destroyMethod = "shutdown")
  RedisClient redisClient(RedisProperties properties) {
    return RedisConnection.client(properties);
  }

  @Bean
  StatusCache statusCache(
      RedisClient client,
      RedisProperties redis,
      StatusProperties status,
      ScheduledExecutorService background) {
    RedisConnection connection = new RedisConnection(client, redis);
    connection.start(background, anew -> {});
    return cache(connection, redis, status);
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
  EndWatcher endWatcher(
      RedisClient client,
      RedisProperties redis,
      StatusProperties status,
      TaskRows rows,
      Clock clock,
      ScheduledExecutorService background) {
    RedisConnection connection = new RedisConnection(client, redis);
    StatusCache tracked = cache(connection, redis, status);
    EndWatcher watcher =
        new EndWatcher(tracked, rows, new StatusReader(tracked, rows, clock), status);
    connection.start(background, new Tracking(watcher)::begin);
    return watcher;
  }

  private static StatusCache cache(
      RedisConnection connection, RedisProperties redis, StatusProperties status) {
    return new StatusCache(connection, status.timeToLive(), redis.writesUnderWay().toBytes());
  }
}
