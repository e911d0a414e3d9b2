package io.taskfleet.gateway.security;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.ratelimit.RateLimits;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class SecurityConfiguration implements WebMvcConfigurer {
  private static final Logger LOG = LoggerFactory.getLogger(SecurityConfiguration.class);
  private static final String PRODUCTION = "production";
  private static final Duration OPERATORS_WAIT = Duration.ofSeconds(2);
  private static final int INSIDE_THE_EXCHANGE = Ordered.HIGHEST_PRECEDENCE + 10;

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(new CallerResolver());
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new ScopeInterceptor());
  }

  @Bean
  ApiKeys apiKeys(
      ApiKeyRepository repository,
      SecurityProperties properties,
      Clock clock,
      ObjectProvider<KeyHolder> holders,
      ScheduledExecutorService background) {
    ApiKeys keys = new ApiKeys(repository, properties, clock, holders::stream);
    keys.learnEnded();
    long period = properties.renewEvery().toMillis();
    var _ = background.scheduleWithFixedDelay(keys::renew, period, period, TimeUnit.MILLISECONDS);
    return keys;
  }

  @Bean
  Tokens tokens(
      TokenProperties token,
      SecurityProperties security,
      Environment environment,
      ApiKeys keys,
      Clock clock) {
    boolean production = environment.matchesProfiles(PRODUCTION);
    if (production) {
      security.refuseSamples();
    }
    return new Tokens(tokenKeys(token, production), token.issuer(), keys::hasEnded, clock);
  }

  static TokenKeys tokenKeys(TokenProperties properties, boolean production) {
    if (!properties.keys().isEmpty()) {
      return TokenKeys.configured(properties);
    }
    if (production) {
      throw new IllegalArgumentException(
          "taskfleet.security.token.keys must be set under the profile " + PRODUCTION);
    }
    LOG.warn(
        "taskfleet.security.token.keys is not set: tokens are good in this process only, and until"
            + " it ends");
    return TokenKeys.random(new SecureRandom());
  }

  @Bean
  FilterRegistrationBean<CallerFilter> callerFilter(
      ApiKeys keys, Tokens tokens, RateLimits limits) {
    FilterRegistrationBean<CallerFilter> filter =
        new FilterRegistrationBean<>(new CallerFilter(keys, tokens, limits));
    filter.setOrder(INSIDE_THE_EXCHANGE);
    return filter;
  }

  @Bean
  AuditLog auditLog(JdbcClient jdbc, Clock clock) {
    return new AuditLog(jdbc, clock);
  }

  @Bean
  KeyRing keyRing(
      ApiKeyRepository repository,
      TransactionOperations transactions,
      JdbcAggregateOperations aggregates,
      AuditLog audit,
      ApiKeys keys,
      Clock clock) {
    return new KeyRing(
        repository,
        new KeyRing.Storage(transactions, aggregates, audit),
        keys,
        new Turns(1, OPERATORS_WAIT, "API keys cannot be read or changed at the moment"),
        clock);
  }

  @Bean
  FirstKey firstKey(
      ApiKeyRepository repository,
      TransactionOperations transactions,
      JdbcClient jdbc,
      JdbcAggregateOperations aggregates,
      SecurityProperties properties,
      Clock clock) {
    return new FirstKey(
        repository,
        new FirstKey.Storage(transactions, jdbc, aggregates),
        properties,
        clock,
        System.out);
  }
}
