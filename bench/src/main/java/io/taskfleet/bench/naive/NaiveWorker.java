package io.taskfleet.bench.naive;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Starts the listener. */
@SpringBootApplication(proxyBeanMethods = false)
public class NaiveWorker {

  NaiveWorker() {}

  /** Starts it. */
  public static void main(String[] arguments) {
    SpringApplication.run(NaiveWorker.class, arguments);
  }

  @Bean
  NaiveListener naiveListener(JdbcTemplate database, TransactionTemplate transactions) {
    return new NaiveListener(database, transactions);
  }
}
