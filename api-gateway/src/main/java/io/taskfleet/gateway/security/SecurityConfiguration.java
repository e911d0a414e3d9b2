package io.taskfleet.gateway.security;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
class SecurityConfiguration implements WebMvcConfigurer {
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
      ScheduledExecutorService background) {
    ApiKeys keys = new ApiKeys(repository, properties, clock);
    long period = properties.renewEvery().toMillis();
    var _ = background.scheduleWithFixedDelay(keys::renew, period, period, TimeUnit.MILLISECONDS);
    return keys;
  }

  @Bean
  FilterRegistrationBean<ApiKeyFilter> apiKeyFilter(ApiKeys keys) {
    FilterRegistrationBean<ApiKeyFilter> filter =
        new FilterRegistrationBean<>(new ApiKeyFilter(keys));
    filter.setOrder(INSIDE_THE_EXCHANGE);
    return filter;
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
