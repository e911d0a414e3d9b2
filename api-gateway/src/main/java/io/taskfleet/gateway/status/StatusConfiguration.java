package io.taskfleet.gateway.status;

import io.lettuce.core.RedisClient;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.queue.QueuedTasks;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.gateway.redis.RedisProperties;
import io.taskfleet.gateway.redis.Tracking;
import io.taskfleet.gateway.retention.RetentionProperties;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class StatusConfiguration {

  @Bean
  StatusCache statusCache(RedisConnection redis) {
    return new StatusCache(redis);
  }

  @Bean
  AcceptanceNotes acceptanceNotes(
      RedisConnection redis, RedisProperties properties, StatusProperties status) {
    return new AcceptanceNotes(redis, status.timeToLive(), properties.writesUnderWay().toBytes());
  }

  @Bean
  Turns turns(StatusProperties properties) {
    return new Turns(
        properties.queriesAtOnce(),
        properties.patience(),
        "tasks cannot be looked up at the moment");
  }

  @Bean
  TaskRows taskRows(JdbcClient jdbc, Turns turns) {
    return new TaskRows(jdbc, turns);
  }

  @Bean
  StatusReader statusReader(
      StatusCache cache,
      AcceptanceNotes notes,
      TaskRows rows,
      QueuedTasks queue,
      RetentionProperties retention,
      Clock clock) {
    return new StatusReader(cache, notes, rows, queue, retention, clock);
  }

  @Bean
  TaskWatcher taskWatcher(
      RedisClient client,
      RedisProperties redis,
      StatusProperties status,
      StatusCache cache,
      TaskRows rows,
      ScheduledExecutorService background) {
    RedisConnection connection = new RedisConnection(client, redis);
    TaskWatcher watcher = new TaskWatcher(cache, new StatusCache(connection), rows, status);
    connection.start(background, new Tracking(watcher));
    return watcher;
  }
}
