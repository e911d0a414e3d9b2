package io.taskfleet.gateway.submit;

import io.taskfleet.destination.Destinations;
import io.taskfleet.gateway.idempotency.RepeatableRequest;
import io.taskfleet.gateway.type.SubmittedType;
import io.taskfleet.gateway.type.TypeCatalog;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Addressed;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.Task.Submission;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes tasks of request bodies, or says what is wrong with them. */
public final class TaskReader {
  private final PayloadReader payloads;
  private final TypeCatalog types;
  private final Destinations destinations;

  TaskReader(PayloadReader payloads, TypeCatalog types, Destinations destinations) {
    this.payloads = payloads;
    this.types = types;
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
    return task(JsonBody.read(body, TaskRequest.class), body, origin);
  }

  /**
   * The task in the body of another request, which alone says when.
   *
   * @throws ProblemException if the body is malformed or breaks a rule, or names a time
   */
  public Task readTimeless(byte[] body, Origin origin) {
    TaskRequest request = JsonBody.read(body, TaskRequest.class);
    request.requireNoStart();
    return task(request, body, origin);
  }

  private Task task(TaskRequest request, byte[] body, Origin origin) {
    SubmittedType type = request.knownType(types);
    byte[] payload = request.givenPayload().of(body);
    Optional<String> recipient = check(type, payload);
    Submission submission =
        new Submission(
            request.priorityOrNormal(),
            key(request.checkedKey(), recipient, origin),
            payload,
            request.options(origin.at(), destinations));
    return task(type.name(), submission, origin);
  }

  /**
   * The task whose payload is this value.
   *
   * @throws RefusedJsonException if the payload is malformed or breaks a rule
   */
  public Task readShort(TaskType<? extends Addressed> type, byte[] payload, Origin origin)
      throws RefusedJsonException {
    Optional<String> recipient = payloads.read(type, payload).recipient();
    Submission submission =
        new Submission(Priority.NORMAL, key(null, recipient, origin), payload, Task.Options.NONE);
    return task(type.name(), submission, origin);
  }

  private static Optional<String> check(SubmittedType type, byte[] payload) {
    try {
      return type.check(payload);
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, "/payload");
    }
  }

  private static String key(@Nullable String given, Optional<String> recipient, Origin origin) {
    return given != null ? given : recipient.orElseGet(() -> origin.id().toString());
  }

  private static Task task(String type, Submission submission, Origin origin) {
    return Task.submitted(
        origin.id(), origin.tenant(), type, submission, origin.at(), origin.traceparent());
  }
}
