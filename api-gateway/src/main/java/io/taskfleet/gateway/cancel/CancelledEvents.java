package io.taskfleet.gateway.cancel;

import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.EventCodec;
import io.taskfleet.wire.StatusJson;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Tells the topic of lifecycle events that tasks were cancelled. */
public final class CancelledEvents {
  private static final Logger LOG = LoggerFactory.getLogger(CancelledEvents.class);

  private final ProducerFactory<byte[], byte[]> producers;

  CancelledEvents(ProducerFactory<byte[], byte[]> producers) {
    this.producers = producers;
  }

  /** Tells it, if Kafka takes it: the task is cancelled in any case. */
  void tell(TaskStatus cancelled) {
    tell(List.of(cancelled));
  }

  /** The same of all of these; of no more after one that Kafka has not taken. */
  public void tell(Collection<TaskStatus> cancelled) {
    AtomicBoolean refused = new AtomicBoolean();
    for (TaskStatus each : cancelled) {
      if (!refused.get()) {
        tell(each, refused);
      }
    }
  }

  private void tell(TaskStatus cancelled, AtomicBoolean refused) {
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
                      missed(cancelled, failure, refused);
                    }
                  });
    } catch (KafkaException | IllegalStateException failure) {
      missed(cancelled, failure, refused);
    }
  }

  private static void missed(TaskStatus cancelled, Exception failure, AtomicBoolean refused) {
    if (!refused.getAndSet(true)) {
      LOG.warn("No event tells that task {} is cancelled: {}", cancelled.id(), failure.toString());
    }
  }
}
