package io.taskfleet.standalone.demo;

import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record that is no task ends on the dead-letter topic, byte for byte, and blocks nothing. */
final class MalformedRecordTrial implements Trial {
  private final KafkaDoor kafka;
  private final DeadLetters letters;
  private final byte[] value;

  MalformedRecordTrial(String run, KafkaDoor kafka, DeadLetters letters) {
    this.kafka = kafka;
    this.letters = letters;
    this.value = ("{\"name\": \"demo." + run + "\", oops").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String name() {
    return "a malformed record, dead-lettered byte for byte";
  }

  @Override
  public void send() throws Exception {
    kafka.publish(Topics.of(BuiltInTypes.ANALYTICS.name(), Priority.NORMAL), value);
  }

  @Override
  public List<UUID> tasks() {
    return List.of();
  }

  @Override
  public Finding check() {
    Optional<ConsumerRecord<byte[], byte[]>> letter =
        letters.await(record -> Arrays.equals(record.value(), value), DeadLetters.LIMIT);
    if (letter.isEmpty()) {
      return new Finding.Broken("not on the dead-letter topic");
    }
    String reason = DeadLetters.text(letter.get(), TaskHeaders.DLT_REASON);
    return Finding.of(
        ReasonCode.MALFORMED.name().equals(reason),
        "%d bytes, all the same, reason %s".formatted(value.length, reason));
  }
}
