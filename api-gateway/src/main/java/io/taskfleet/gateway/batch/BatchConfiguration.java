package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.cancel.CancelledEvents;
import io.taskfleet.gateway.retention.RetentionProperties;
import io.taskfleet.gateway.status.AcceptanceNotes;
import io.taskfleet.gateway.submit.TaskReader;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.support.TransactionOperations;

@Configuration(proxyBeanMethods = false)
class BatchConfiguration {

  // Boot's factory has no types of its own; its serializers are those of the configuration.
  @Bean
  @SuppressWarnings("unchecked")
  Handovers handovers(
      ProducerFactory<?, ?> producers,
      BatchProperties properties,
      ScheduledExecutorService background) {
    return new Handovers((ProducerFactory<byte[], byte[]>) producers, properties, background);
  }

  @Bean
  BatchRows batchRows(
      JdbcClient jdbc, TransactionOperations transactions, BatchProperties properties) {
    return new BatchRows(jdbc, transactions, properties);
  }

  @Bean
  Openings openings(BatchRows rows, ScheduledExecutorService background) {
    return new Openings(rows, background);
  }

  @Bean
  Submissions submissions(
      TaskReader reader,
      Handovers handovers,
      Openings openings,
      AcceptanceNotes notes,
      BatchProperties properties) {
    return new Submissions(reader, handovers, openings, notes, properties);
  }

  @Bean
  BatchWatcher batchWatcher(BatchRows rows, BatchProperties properties) {
    return new BatchWatcher(rows, properties.every());
  }

  @Bean
  BatchReader batchReader(
      BatchRows rows,
      Openings openings,
      BatchWatcher watcher,
      AcceptanceNotes notes,
      CancelledEvents events,
      RetentionProperties retention,
      Clock clock) {
    BatchReader.Told told = new BatchReader.Told(notes, events);
    return new BatchReader(rows, openings, watcher, told, retention, clock);
  }
}
