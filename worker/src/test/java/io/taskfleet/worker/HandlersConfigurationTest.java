package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.lettuce.core.RedisClient;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.worker.analytics.AnalyticsHandler;
import io.taskfleet.worker.batch.BatchHandler;
import io.taskfleet.worker.email.EmailHandler;
import io.taskfleet.worker.email.EmailProperties;
import io.taskfleet.worker.http.HttpCallHandler;
import io.taskfleet.worker.notification.NotificationHandler;
import io.taskfleet.worker.notification.NotificationProperties;
import io.taskfleet.worker.outbound.OutboundProperties;
import java.time.Clock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class HandlersConfigurationTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final ApplicationContextRunner worker =
      new ApplicationContextRunner()
          .withBean(Clock.class, Clock::systemUTC)
          .withBean(DataSource.class, PGSimpleDataSource::new)
          .withBean(RedisClient.class, RedisClient::create)
          .withBean(CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults)
          .withBean(RateLimiterRegistry.class, RateLimiterRegistry::ofDefaults)
          .withUserConfiguration(HandlersConfiguration.class);

  private final ApplicationContextRunner complete =
      worker.withPropertyValues(
          "taskfleet.email.host=127.0.0.1",
          "taskfleet.email.from=fleet@example.org",
          "taskfleet.notification.signing-secret=" + SECRET);

  @Test
  void hasAHandlerForEachType() {
    complete.run(
        context ->
            assertThat(context.getBeansOfType(TaskHandler.class).values())
                .hasOnlyElementsOfTypes(
                    EmailHandler.class,
                    NotificationHandler.class,
                    AnalyticsHandler.class,
                    HttpCallHandler.class,
                    BatchHandler.class)
                .hasSize(5));
  }

  @Test
  void needsNoSettingsOfTypesItDoesNotRun() {
    worker
        .withPropertyValues("taskfleet.worker.types=analytics")
        .run(
            context ->
                assertThat(context.getBeansOfType(TaskHandler.class).values())
                    .hasExactlyElementsOfTypes(AnalyticsHandler.class));
  }

  @Test
  void callsAHundredConnectionsAtMostAndThirtyToAHost() {
    complete.run(
        context -> {
          OutboundProperties outbound = context.getBean(OutboundProperties.class);
          assertThat(outbound.connections()).isEqualTo(100);
          assertThat(outbound.connectionsPerHost()).isEqualTo(30);
          assertThat(outbound.allowedNetworks()).isEmpty();
        });
  }

  @ParameterizedTest
  @CsvSource({
    "taskfleet.notification.signing-secret, , signingSecret",
    "taskfleet.notification.signing-secret, whsec_short, signingSecret",
    "taskfleet.notification.signing-secret, password, signingSecret",
    "taskfleet.notification.timeout, 0s, taskfleet.notification.timeout",
    "taskfleet.notification.disable-endpoint-after, 0s, taskfleet.notification.disable-endpoint-after",
    "taskfleet.notification.email-subject, ' ', emailSubject",
    "taskfleet.secrets.keys.one, c2hvcnQ=, taskfleet.secrets.keys",
    "taskfleet.secrets.seal-with, lost, taskfleet.secrets.seal-with",
    "taskfleet.http.timeout, 0s, taskfleet.http.timeout",
    "taskfleet.http.fallback-time-to-live, 0s, taskfleet.http.fallback-time-to-live",
    "taskfleet.email.host, '', host",
    "taskfleet.email.port, 0, port",
    "taskfleet.email.providers[0].name, one, taskfleet.email.providers",
    "taskfleet.email.take-over-after, 0s, taskfleet.email.take-over-after",
    "taskfleet.email.domains[example.org], 0, domains",
    "taskfleet.email.from, fleet, from",
    "taskfleet.email.username, fleet, taskfleet.email.username",
    "taskfleet.email.pool.size, 0, pool.size",
    "taskfleet.email.pool.idle-timeout, 0s, taskfleet.email.pool.idle-timeout",
    "taskfleet.email.timeouts.read, 0s, taskfleet.email.timeouts.read",
    "taskfleet.outbound.connect-timeout, -1s, taskfleet.outbound.connect-timeout",
    "taskfleet.outbound.connections-per-host, 101, taskfleet.outbound.connections-per-host",
    "taskfleet.outbound.allowed-networks, localhost, taskfleet.outbound.allowed-networks",
    "taskfleet.outbound.allowed-networks, 10.0.0.1/8, taskfleet.outbound.allowed-networks",
    "taskfleet.outbound.proxy, https://proxy:3128, taskfleet.outbound.proxy",
    "taskfleet.outbound.proxy, http://proxy, taskfleet.outbound.proxy",
    "taskfleet.dependency.idle, 0s, taskfleet.dependency.idle",
    "taskfleet.dependency.slot-wait, 2s, taskfleet.dependency.slot-wait",
    "taskfleet.dependency.per-second, 0, perSecond",
    "taskfleet.dependency.settings.smtp.max-concurrent, 0, settings[smtp].maxConcurrent",
    "taskfleet.dependency.breaker.window, 900ms, taskfleet.dependency.breaker.window",
    "taskfleet.dependency.breaker.failure-rate, 101, breaker.failureRate"
  })
  void refusesToStartWithAValueThatCannotWork(
      String property, @Nullable String value, String named) {
    complete
        .withPropertyValues(property + "=" + (value == null ? "" : value))
        .run(context -> assertThat(context).getFailure().hasStackTraceContaining(named));
  }

  @Test
  void demandsAKeyForSecretsInProduction() {
    complete
        .withPropertyValues("spring.profiles.active=production")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasStackTraceContaining("taskfleet.secrets.keys must be set"));
  }

  @Test
  void refusesTheSampleToSignWithInProduction() {
    String sample = "whsec_ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQ=";
    ApplicationContextRunner sampled =
        complete.withPropertyValues(
            "taskfleet.secrets.keys.one=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            "taskfleet.notification.signing-secret=" + sample);

    sampled.run(context -> assertThat(context).hasNotFailed());
    sampled
        .withPropertyValues("spring.profiles.active=production")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasStackTraceContaining(
                        "taskfleet.notification.signing-secret is the sample"));
  }

  @Test
  void tellsNoSecretToWhoeverPrintsItsSettings() {
    complete
        .withPropertyValues(
            "taskfleet.email.username=fleet",
            "taskfleet.email.password=hunter2",
            "taskfleet.outbound.proxy=http://fleet:hunter3@proxy:3128")
        .run(
            context -> {
              assertThat(context.getBean(EmailProperties.class))
                  .asString()
                  .doesNotContain("hunter2");
              assertThat(context.getBean(OutboundProperties.class))
                  .asString()
                  .doesNotContain("hunter3");
              assertThat(context.getBean(NotificationProperties.class))
                  .asString()
                  .doesNotContain(SECRET);
            });
  }
}
