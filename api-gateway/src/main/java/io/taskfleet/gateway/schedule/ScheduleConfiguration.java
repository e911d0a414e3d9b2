package io.taskfleet.gateway.schedule;

import io.taskfleet.gateway.submit.TaskReader;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

@Configuration(proxyBeanMethods = false)
class ScheduleConfiguration {

  @Bean
  ScheduleReader scheduleReader(TaskReader tasks, Clock clock) {
    return new ScheduleReader(tasks, clock);
  }

  @Bean
  ScheduleRows scheduleRows(
      JdbcClient jdbc, TransactionOperations transactions, ScheduleProperties properties) {
    return new ScheduleRows(jdbc, transactions, properties);
  }
}
