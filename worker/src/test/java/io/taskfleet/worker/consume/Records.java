package io.taskfleet.worker.consume;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Records for tests of the engine's parts. */
final class Records {
  static final Set<Priority> EVERY_PRIORITY = EnumSet.allOf(Priority.class);

  private Records() {}

  static InFlight inFlight(Window window, long offset) {
    return inFlight(window, offset, "key", Priority.NORMAL);
  }

  static InFlight inFlight(Window window, long offset, String key, Priority priority) {
    return inFlight(window, offset, key, priority, Task.DEFAULT_TENANT);
  }

  static InFlight inFlight(
      Window window, long offset, String key, Priority priority, String tenant) {
    ConsumerRecord<byte[], byte @Nullable []> record =
        new ConsumerRecord<>("taskfleet.email", 0, offset, key.getBytes(UTF_8), new byte[10]);
    InFlight taken = new InFlight(record, window, priority);
    taken.brought(
        Task.submitted(
            TaskIds.next(Clock.systemUTC()),
            tenant,
            BuiltInTypes.EMAIL,
            new Task.Submission(priority, key, new byte[0], Task.Options.NONE),
            Instant.EPOCH,
            null));
    return taken;
  }
}
