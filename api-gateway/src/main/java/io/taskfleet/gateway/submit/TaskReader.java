package io.taskfleet.gateway.submit;

import io.taskfleet.destination.Destinations;
import io.taskfleet.gateway.idempotency.RepeatableRequest;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.task.Payload;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.Task.Submission;
import io.taskfleet.task.TaskType;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes tasks of request bodies, or says what is wrong with them. */
public final class TaskReader {
  private final PayloadReader payloads;
  private final Destinations destinations;

  TaskReader(PayloadReader payloads, Destinations destinations) {
    this.payloads = payloads;
    this.destinations = destinations;
  }

  /**
   * Who submits the task, and when.
   *
   * @param id the task's id; also its key, when nobody names another
   */
  public record Origin(UUID id, String tenant, Instant at, @Nullable String traceparent) {
    /** The origin of the one task in this request. */
    static Origin of(RepeatableRequest request, TraceContext trace, Clock clock) {
      return new Origin(
          request.key().taskId(request.tenant(), clock),
          request.tenant(),
          clock.instant(),
          trace.header());
    }
  }

  /**
   * The task in the body of {@code POST /v1/tasks}.
   *
   * @throws ProblemException if the body is malformed or breaks a rule
   */
  public Task readTask(byte[] body, Origin origin) {
    return task(readRequest(body), body, origin);
  }

  /**
   * The task in the body of another request, which alone says when.
   *
   * @throws ProblemException if the body is malformed or breaks a rule, or names a time
   */
  public Task readTimeless(byte[] body, Origin origin) {
    TaskRequest request = readRequest(body);
    request.requireNoStart();
    return task(request, body, origin);
  }

  private static TaskRequest readRequest(byte[] body) {
    try {
      return StrictJson.read(body, TaskRequest.class);
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, "");
    }
  }

  private Task task(TaskRequest request, byte[] body, Origin origin) {
    TaskType<?> type = request.knownType();
    byte[] payload = request.givenPayload().of(body);
    Payload read = readPayload(type, payload, "/payload");
    Submission submission =
        new Submission(
            request.priorityOrNormal(),
            key(request.checkedKey(), read, origin),
            payload,
            request.options(origin.at(), destinations));
    return task(type, submission, origin);
  }

  /**
   * The task whose payload is this value.
   *
   * @throws RefusedJsonException if the payload is malformed or breaks a rule
   */
  public Task readShort(TaskType<?> type, byte[] payload, Origin origin)
      throws RefusedJsonException {
    Payload read = payloads.read(type, payload);
    Submission submission =
        new Submission(Priority.NORMAL, key(null, read, origin), payload, Task.Options.NONE);
    return task(type, submission, origin);
  }

  private Payload readPayload(TaskType<?> type, byte[] payload, String prefix) {
    try {
      return payloads.read(type, payload);
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, prefix);
    }
  }

  private static String key(@Nullable String given, Payload payload, Origin origin) {
    return given != null ? given : payload.recipient().orElseGet(() -> origin.id().toString());
  }

  private static Task task(TaskType<?> type, Submission submission, Origin origin) {
    return Task.submitted(
        origin.id(), origin.tenant(), type, submission, origin.at(), origin.traceparent());
  }
}
