package io.taskfleet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.TaskState;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Lifecycle events: one CloudEvent in binary mode for each change of a task's state. */
public final class EventCodec {
  private static final byte[] JSON = "application/json".getBytes(UTF_8);
  private static final byte[] SPEC_1 = "1.0".getBytes(UTF_8);
  private static final byte[] WORKER = "/taskfleet/worker".getBytes(UTF_8);

  private EventCodec() {}

  /**
   * The event that tells of a task's new state. Its id is made of task, state and delivery, so that
   * a repeated event can be told from a new one.
   *
   * @param status as {@link StatusJson} writes it without bodies
   * @param delivery the one that brought the task here
   */
  public static ProducerRecord<byte[], byte[]> encode(
      UUID task, TaskState to, byte[] status, int delivery, Instant at) {
    String id = task.toString();
    String state = to.label();
    Headers headers = new RecordHeaders();
    headers.add(TaskHeaders.CONTENT_TYPE, JSON);
    headers.add(TaskHeaders.SPEC_VERSION, SPEC_1);
    headers.add(TaskHeaders.ID, (id + '/' + state + '/' + delivery).getBytes(UTF_8));
    headers.add(TaskHeaders.TYPE, ("io.taskfleet.task." + state + ".v1").getBytes(UTF_8));
    headers.add(TaskHeaders.SOURCE, WORKER);
    headers.add(TaskHeaders.TIME, Rfc3339.format(at));
    return new ProducerRecord<>(Topics.EVENTS, null, null, id.getBytes(UTF_8), status, headers);
  }
}
