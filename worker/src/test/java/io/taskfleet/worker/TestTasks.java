package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.Task;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tasks that are like another but for one thing. */
final class TestTasks {
  private TestTasks() {}

  static Task withPayload(Task task, String json) {
    return copy(
        task, task.key(), json.getBytes(UTF_8), task.options(), task.batchId(), task.delivery());
  }

  static Task withOptions(Task task, Task.Options options) {
    return copy(task, task.key(), task.payload(), options, task.batchId(), task.delivery());
  }

  static Task withKey(Task task, String key) {
    return copy(task, key, task.payload(), task.options(), task.batchId(), task.delivery());
  }

  static Task withDelivery(Task task, int delivery) {
    return copy(task, task.key(), task.payload(), task.options(), task.batchId(), delivery);
  }

  static Task ofBatch(Task task, UUID batch) {
    return copy(task, task.key(), task.payload(), task.options(), batch, task.delivery());
  }

  private static Task copy(
      Task task,
      String key,
      byte[] payload,
      Task.Options options,
      @Nullable UUID batch,
      int delivery) {
    return new Task(
        task.id(),
        task.tenant(),
        task.type(),
        task.priority(),
        key,
        payload,
        task.createdAt(),
        options,
        task.traceparent(),
        batch,
        delivery);
  }
}
