package io.taskfleet.gateway.analytics;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

@Configuration(proxyBeanMethods = false)
class AnalyticsConfiguration {

  @Bean
  BucketRows bucketRows(
      JdbcClient jdbc, TransactionOperations transactions, AnalyticsProperties properties) {
    return new BucketRows(jdbc, transactions, properties);
  }
}
