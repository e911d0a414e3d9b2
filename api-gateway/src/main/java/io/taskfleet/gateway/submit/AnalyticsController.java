package io.taskfleet.gateway.submit;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.submit.TaskReader.Origin;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskType;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Takes analytics events: one, or an array of many, of which some may be refused. */
@RestController
final class AnalyticsController {
  private static final int MOST_EVENTS = 1_000;

  private final TaskReader reader;
  private final Acceptance acceptance;
  private final Clock clock;

  AnalyticsController(TaskReader reader, Acceptance acceptance, Clock clock) {
    this.reader = reader;
    this.acceptance = acceptance;
    this.clock = clock;
  }

  @PostMapping(
      path = "/v1/analytics/events",
      consumes = APPLICATION_JSON_VALUE,
      produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.ANALYTICS)
  ResponseEntity<byte[]> submit(
      JsonBody body,
      @RequestHeader(name = IdempotencyKey.HEADER, required = false) @Nullable String key,
      Caller caller,
      TraceContext trace) {
    IdempotencyKey idempotency = new IdempotencyKey(key);
    try {
      return isArray(body.utf8())
          ? submitMany(body.utf8(), idempotency, caller, trace)
          : submitOne(body.utf8(), idempotency, caller, trace);
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, "");
    }
  }

  private ResponseEntity<byte[]> submitOne(
      byte[] body, IdempotencyKey key, Caller caller, TraceContext trace)
      throws RefusedJsonException {
    Origin origin =
        new Origin(
            key.taskId(caller.tenant(), clock), caller.tenant(), clock.instant(), trace.header());
    Task task = reader.readShort(TaskType.ANALYTICS, body, origin);
    acceptance.accept(task);
    return Accepted.answer(task);
  }

  private ResponseEntity<byte[]> submitMany(
      byte[] body, IdempotencyKey key, Caller caller, TraceContext trace)
      throws RefusedJsonException {
    List<JsonSpan> elements = List.of(StrictJson.read(body, JsonSpan[].class));
    if (elements.isEmpty() || elements.size() > MOST_EVENTS) {
      throw ProblemException.refused("", "must hold 1 to " + MOST_EVENTS + " events");
    }
    Instant now = clock.instant();
    BatchOutcome.Builder outcome = new BatchOutcome.Builder();
    for (int i = 0; i < elements.size(); i++) {
      Origin origin =
          new Origin(key.taskId(caller.tenant(), i, clock), caller.tenant(), now, trace.header());
      try {
        outcome.read(i, reader.readShort(TaskType.ANALYTICS, elements.get(i).of(body), origin));
      } catch (RefusedJsonException e) {
        outcome.refused(i, e.violations());
      }
    }
    return ResponseEntity.accepted()
        .contentType(MediaType.APPLICATION_JSON)
        .body(StrictJson.mapper().writeValueAsBytes(outcome.submitTo(acceptance)));
  }

  private static boolean isArray(byte[] body) {
    for (byte b : body) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b == '[';
      }
    }
    return false;
  }
}
