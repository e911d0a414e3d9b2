package io.taskfleet.gateway.live;

import io.taskfleet.task.TaskState;
import io.taskfleet.wire.StrictJson;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A change of a task, as it stands on the topic.
 *
 * @param kind what changed, such as {@code task.succeeded}
 * @param json the task's status without payload and result
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
record LifecycleEvent(int partition, long offset, String tenant, String kind, byte[] json) {
  // What one takes up in memory beside its bytes, about.
  private static final int OVERHEAD = 200;

  /** The event in this record, if there is one. */
  static Optional<LifecycleEvent> in(ConsumerRecord<byte[], byte @Nullable []> record) {
    byte @Nullable [] json = record.value();
    if (json == null) {
      return Optional.empty();
    }
    String tenant = null;
    TaskState state = null;
    try (JsonParser parser = StrictJson.mapper().createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      for (String name = parser.nextName();
          name != null && (tenant == null || state == null);
          name = parser.nextName()) {
        parser.nextToken();
        switch (name) {
          case "tenant" -> tenant = parser.getString();
          case "state" -> state = TaskState.of(parser.getString());
          default -> parser.skipChildren();
        }
      }
    } catch (JacksonException | IllegalArgumentException notOurs) {
      return Optional.empty();
    }
    return tenant == null || state == null
        ? Optional.empty()
        : Optional.of(
            new LifecycleEvent(
                record.partition(), record.offset(), tenant, "task." + state.label(), json));
  }

  int bytes() {
    return json.length + OVERHEAD;
  }
}
