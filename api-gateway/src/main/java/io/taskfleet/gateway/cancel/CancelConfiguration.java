package io.taskfleet.gateway.cancel;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.status.AcceptanceNotes;
import io.taskfleet.gateway.status.StatusCache;
import io.taskfleet.gateway.status.StatusReader;
import io.taskfleet.gateway.status.TaskRows;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.support.TransactionOperations;

@Configuration(proxyBeanMethods = false)
class CancelConfiguration {

  @Bean
  Cancellation cancellation(
      CancelledRows rows, Cancellation.Known known, AcceptanceNotes notes, CancelledEvents events) {
    return new Cancellation(rows, known, notes, events);
  }

  @Bean
  CancelledEvents cancelledEvents(ProducerFactory<?, ?> producers) {
    return new CancelledEvents(ofBytes(producers));
  }

  @Bean
  CancelledRows cancelledRows(JdbcClient jdbc, TransactionOperations transactions, Turns turns) {
    return new CancelledRows(jdbc, transactions, turns);
  }

  @Bean
  Cancellation.Known knownTasks(TaskRows rows, StatusCache cache, StatusReader reader) {
    return new Cancellation.Known(rows, cache, reader);
  }

  // Boot's factory has no types of its own; its serializers are those of the configuration.
  @SuppressWarnings("unchecked")
  private static ProducerFactory<byte[], byte[]> ofBytes(ProducerFactory<?, ?> producers) {
    return (ProducerFactory<byte[], byte[]>) producers;
  }
}
