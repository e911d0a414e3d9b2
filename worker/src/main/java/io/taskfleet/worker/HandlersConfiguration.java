package io.taskfleet.worker;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.lettuce.core.RedisClient;
import io.taskfleet.secret.SealKeys;
import io.taskfleet.worker.analytics.AnalyticsHandler;
import io.taskfleet.worker.batch.BatchHandler;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.DependencyProperties;
import io.taskfleet.worker.email.EmailHandler;
import io.taskfleet.worker.email.EmailProperties;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.fallback.RepliesInRedis;
import io.taskfleet.worker.fleet.SteadyClock;
import io.taskfleet.worker.http.HttpCallHandler;
import io.taskfleet.worker.http.HttpCallProperties;
import io.taskfleet.worker.mailing.EmailTables;
import io.taskfleet.worker.notification.NotificationHandler;
import io.taskfleet.worker.notification.NotificationProperties;
import io.taskfleet.worker.notification.Recipients;
import io.taskfleet.worker.notification.Webhooks;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import io.taskfleet.worker.outbound.OutboundProperties;
import io.taskfleet.worker.postgres.Questions;
import io.taskfleet.worker.recipient.ClaimTable;
import io.taskfleet.worker.recipient.DigestTable;
import io.taskfleet.worker.recipient.EndpointTable;
import io.taskfleet.worker.recipient.SecretProperties;
import io.taskfleet.worker.recipient.UserTable;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * The task types and what the built-in ones call. A type this worker does not run is not built, so
 * that its properties need not be set.
 */
@Configuration(proxyBeanMethods = false)
@Import(OwnTypes.class)
@EnableConfigurationProperties({DependencyProperties.class, OutboundProperties.class})
class HandlersConfiguration {

  @Bean
  FailureClassifier failureClassifier() {
    return new FailureClassifier();
  }

  /** Whatever the time is put to, a pause must last for as long as it was meant to. */
  @Bean
  Dependencies dependencies(
      DependencyProperties properties,
      CircuitBreakerRegistry breakers,
      RateLimiterRegistry limiters,
      FailureClassifier classifier,
      Clock clock) {
    return new Dependencies(properties, breakers, limiters, classifier, new SteadyClock(clock));
  }

  @Bean
  GuardedHttpClient guardedHttpClient(OutboundProperties properties, Clock clock) {
    return new GuardedHttpClient(properties, clock);
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnTaskType("email")
  @EnableConfigurationProperties(EmailProperties.class)
  static class Email {
    @Bean
    EmailHandler emailHandler(
        EmailProperties properties,
        Dependencies dependencies,
        GuardedHttpClient client,
        DataSource database,
        Clock clock) {
      return new EmailHandler(
          properties,
          new EmailHandler.Surroundings(
              dependencies,
              client,
              new EmailTables(new Questions(database)),
              clock,
              new SteadyClock(clock)));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnTaskType("notification")
  @EnableConfigurationProperties({NotificationProperties.class, SecretProperties.class})
  static class Notification {
    private static final String PRODUCTION = "production";

    @Bean
    NotificationHandler notificationHandler(
        Webhooks webhooks,
        Recipients recipients,
        NotificationProperties properties,
        FailureClassifier classifier,
        Clock clock) {
      return new NotificationHandler(webhooks, recipients, properties, classifier, clock);
    }

    @Bean
    Webhooks webhooks(
        GuardedHttpClient client,
        Dependencies dependencies,
        OutboundProperties outbound,
        NotificationProperties properties,
        Environment environment,
        Clock clock) {
      if (environment.matchesProfiles(PRODUCTION)) {
        properties.refuseSample();
      }
      return new Webhooks(client, dependencies, outbound, properties, clock);
    }

    @Bean
    Recipients recipients(
        DataSource database,
        SecretProperties secrets,
        NotificationProperties properties,
        Environment environment) {
      SealKeys keys = secrets.sealKeys();
      if (environment.matchesProfiles(PRODUCTION)) {
        keys.requireFitForProduction();
      }
      Questions questions = new Questions(database);
      return new Recipients(
          new UserTable(questions),
          new EndpointTable(questions, keys, properties.disableEndpointAfter()),
          new ClaimTable(questions),
          new DigestTable(questions));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnTaskType("http")
  @EnableConfigurationProperties(HttpCallProperties.class)
  static class Http {
    @Bean(initMethod = "start", destroyMethod = "close")
    RepliesInRedis repliesInRedis(RedisClient redis) {
      return new RepliesInRedis(redis);
    }

    @Bean
    HttpCallHandler httpCallHandler(
        GuardedHttpClient client,
        Dependencies dependencies,
        OutboundProperties outbound,
        HttpCallProperties properties,
        RepliesInRedis replies,
        Clock clock) {
      return new HttpCallHandler(client, dependencies, outbound, properties, replies, clock);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnTaskType("analytics")
  static class Analytics {
    @Bean
    AnalyticsHandler analyticsHandler() {
      return new AnalyticsHandler();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnTaskType("batch")
  static class Batch {
    @Bean
    BatchHandler batchHandler() {
      return new BatchHandler();
    }
  }
}
