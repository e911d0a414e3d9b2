package io.taskfleet.worker;

import io.taskfleet.worker.round.Round;
import io.taskfleet.worker.type.TypeRegister;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Creates the topics that are missing, again and again until Kafka is there to do it. Then tells of
 * the types whose topics they are, so that nobody learns of a type before its topics are there.
 */
final class TopicCreation implements Round.Turn {
  private final KafkaAdmin admin;
  private final TypeRegister types;

  TopicCreation(KafkaAdmin admin, TypeRegister types) {
    this.admin = admin;
    this.types = types;
  }

  @Override
  public @Nullable Duration take() throws SQLException {
    if (!admin.initialize()) {
      throw new IllegalStateException("Kafka is away");
    }
    types.put();
    return null;
  }
}
