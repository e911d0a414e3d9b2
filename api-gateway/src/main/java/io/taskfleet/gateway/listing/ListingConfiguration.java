package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.postgres.Turns;
import java.util.concurrent.ScheduledExecutorService;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

@Configuration(proxyBeanMethods = false)
class ListingConfiguration {

  @Bean
  TaskPages taskPages(
      JdbcClient jdbc,
      TransactionOperations transactions,
      Turns turns,
      ListingProperties properties) {
    return new TaskPages(jdbc, transactions, turns, properties.look());
  }

  @Bean
  TaskExports taskExports(
      DataSource database,
      Turns turns,
      ListingProperties properties,
      ScheduledExecutorService background) {
    return new TaskExports(database, turns, properties, background);
  }
}
