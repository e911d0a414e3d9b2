package io.taskfleet.gateway.submit;

import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;

/** Failures after which an idempotent producer cannot go on: the broker knows it no more. */
final class LostIdentity {
  private static final List<Class<? extends Exception>> FATAL =
      List.of(
          InvalidPidMappingException.class,
          InvalidProducerEpochException.class,
          OutOfOrderSequenceException.class,
          ProducerFencedException.class);

  private LostIdentity() {}

  static boolean isCauseOf(Throwable failure) {
    // What the broker says of a single record is an ApiException; the producer's own complaint that
    // it is beyond help has no class of its own.
    return FATAL.stream().anyMatch(type -> type.isInstance(failure))
        || failure.getClass() == KafkaException.class
        || failure instanceof IllegalStateException;
  }
}
