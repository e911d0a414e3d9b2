package io.taskfleet.gateway.template;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

@Configuration(proxyBeanMethods = false)
class TemplateConfiguration {

  @Bean
  TemplateRows templateRows(
      JdbcClient jdbc, TransactionOperations transactions, TemplateProperties properties) {
    return new TemplateRows(jdbc, transactions, properties);
  }
}
