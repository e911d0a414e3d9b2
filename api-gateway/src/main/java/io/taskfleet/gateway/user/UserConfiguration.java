package io.taskfleet.gateway.user;

import io.lettuce.core.RedisClient;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.gateway.redis.RedisProperties;
import io.taskfleet.gateway.redis.Tracking;
import io.taskfleet.wire.PayloadReader;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class UserConfiguration {
  // Shorter than the driver waits for an answer, so that it is known what became of a transaction.
  private static final int TRANSACTION_SECONDS = 4;

  @Bean
  Turns userTurns(UserProperties properties) {
    return new Turns(
        properties.queriesAtOnce(),
        properties.patience(),
        "users cannot be looked up or changed at the moment");
  }

  @Bean
  UserBodies userBodies(PayloadReader payloads) {
    return new UserBodies(payloads);
  }

  @Bean
  PreferenceTable preferenceTable(JdbcClient jdbc) {
    return new PreferenceTable(jdbc);
  }

  @Bean
  NewUsers newUsers(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      PreferenceTable preferences,
      UserProperties properties) {
    return new NewUsers(jdbc, inTime(transactions), preferences, new FollowUps(jdbc));
  }

  @Bean
  UserTable userTable(
      JdbcClient jdbc, UserRepository users, PlatformTransactionManager transactions) {
    return new UserTable(jdbc, users, inTime(transactions));
  }

  // A connection of its own: it is told what is read on it.
  @Bean
  SharedCache sharedCache(RedisClient client, RedisProperties redis, UserProperties properties) {
    return new SharedCache(new RedisConnection(client, redis), properties.cache());
  }

  @Bean
  UserCache userCache(
      UserProperties properties,
      SharedCache shared,
      UserRepository users,
      Turns userTurns,
      Clock clock,
      ScheduledExecutorService background) {
    UserCache cache = new UserCache(properties.cache(), shared, users, userTurns, clock);
    shared.start(background, new Tracking(cache));
    return cache;
  }

  @Bean
  Users users(
      UserRepository rows,
      NewUsers newUsers,
      UserTable table,
      UserCache cache,
      Turns userTurns,
      Clock clock) {
    return new Users(rows, newUsers, table, cache, userTurns, clock);
  }

  @Bean
  Inbox inbox(InboxRepository rows, UserRepository users, Turns userTurns, Clock clock) {
    return new Inbox(rows, users, userTurns, clock);
  }

  @Bean(destroyMethod = "shutdownNow")
  ExecutorService profileThreads() {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("profile-", 0).factory());
  }

  @Bean
  ProfileReader profileReader(
      UserCache cache,
      UserRepository users,
      PreferenceTable preferences,
      Inbox inbox,
      Turns userTurns,
      ProfileReader.Limits limits) {
    return new ProfileReader(cache, users, preferences, inbox, userTurns, limits);
  }

  @Bean
  ProfileReader.Limits profileLimits(ExecutorService profileThreads, UserProperties properties) {
    return new ProfileReader.Limits(profileThreads, properties.profileDeadline());
  }

  @Bean
  UserImport userImport(
      UserBodies bodies,
      NewUsers newUsers,
      Turns userTurns,
      Clock clock,
      UserProperties properties) {
    return new UserImport(bodies, newUsers, userTurns, clock, properties.imports());
  }

  private static TransactionTemplate inTime(PlatformTransactionManager transactions) {
    TransactionTemplate template = new TransactionTemplate(transactions);
    template.setTimeout(TRANSACTION_SECONDS);
    return template;
  }
}
