package io.taskfleet.gateway.cancel;

import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.EventCodec;
import io.taskfleet.wire.StatusJson;
import java.util.Objects;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Tells the topic of lifecycle events that tasks were cancelled. */
final class CancelledEvents {
  private static final Logger LOG = LoggerFactory.getLogger(CancelledEvents.class);

  private final ProducerFactory<byte[], byte[]> producers;

  CancelledEvents(ProducerFactory<byte[], byte[]> producers) {
    this.producers = producers;
  }

  /** Tells it, if Kafka takes it: the task is cancelled in any case. */
  void tell(TaskStatus cancelled) {
    byte[] status = new StatusJson().write(cancelled).withoutBodies();
    try {
      var _ =
          producers
              .createProducer()
              .send(
                  EventCodec.encode(
                      cancelled.id(),
                      cancelled.state(),
                      status,
                      0,
                      Objects.requireNonNullElse(cancelled.finishedAt(), cancelled.createdAt())),
                  (place, failure) -> {
                    if (failure != null) {
                      missed(cancelled, failure);
                    }
                  });
    } catch (KafkaException | IllegalStateException failure) {
      missed(cancelled, failure);
    }
  }

  private static void missed(TaskStatus cancelled, Exception failure) {
    LOG.warn("No event tells that task {} is cancelled: {}", cancelled.id(), failure.toString());
  }
}
