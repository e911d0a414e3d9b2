package io.taskfleet.gateway.submit;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.idempotency.FirstAnswers;
import io.taskfleet.gateway.idempotency.RepeatableRequest;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.submit.TaskReader.Origin;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes analytics events: one, or an array of many, of which some may be refused. */
@RestController
final class AnalyticsController {
  private static final String PATH = "/v1/analytics/events";
  private static final int MOST_EVENTS = 1_000;

  private final TaskReader reader;
  private final Acceptance acceptance;
  private final FirstAnswers answers;
  private final Clock clock;

  AnalyticsController(TaskReader reader, Acceptance acceptance, FirstAnswers answers, Clock clock) {
    this.reader = reader;
    this.acceptance = acceptance;
    this.answers = answers;
    this.clock = clock;
  }

  @PostMapping(path = PATH, consumes = APPLICATION_JSON_VALUE, produces = APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.ANALYTICS)
  ResponseEntity<byte[]> take(RepeatableRequest request, TraceContext trace) {
    return answers.give(request, () -> submit(request, trace));
  }

  private ResponseEntity<byte[]> submit(RepeatableRequest request, TraceContext trace) {
    try {
      return isArray(request.body()) ? submitMany(request, trace) : submitOne(request, trace);
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, "");
    }
  }

  private ResponseEntity<byte[]> submitOne(RepeatableRequest request, TraceContext trace)
      throws RefusedJsonException {
    Task task =
        reader.readShort(BuiltInTypes.ANALYTICS, request.body(), Origin.of(request, trace, clock));
    acceptance.accept(task);
    return Accepted.answer(task);
  }

  private ResponseEntity<byte[]> submitMany(RepeatableRequest request, TraceContext trace)
      throws RefusedJsonException {
    List<@Nullable JsonSpan> elements =
        Arrays.asList(StrictJson.read(request.body(), JsonSpan[].class));
    if (elements.isEmpty() || elements.size() > MOST_EVENTS) {
      throw ProblemException.refused("", "must hold 1 to " + MOST_EVENTS + " events");
    }
    Instant now = clock.instant();
    BatchOutcome.Builder outcome = new BatchOutcome.Builder();
    for (int i = 0; i < elements.size(); i++) {
      UUID id = request.key().taskId(request.tenant(), i, clock);
      Origin origin = new Origin(id, request.tenant(), now, trace.header());
      JsonSpan event = elements.get(i);
      if (event == null) {
        outcome.refused(i, List.of(Violation.NOTHING));
        continue;
      }
      try {
        outcome.read(i, reader.readShort(BuiltInTypes.ANALYTICS, event.of(request.body()), origin));
      } catch (RefusedJsonException e) {
        outcome.refused(i, e.violations());
      }
    }
    return answer(outcome.submitTo(acceptance));
  }

  private ResponseEntity<byte[]> answer(BatchOutcome outcome) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.accepted().contentType(MediaType.APPLICATION_JSON);
    if (outcome.mayDoBetter()) {
      answer.header(HttpHeaders.RETRY_AFTER, acceptance.retryAfter());
    }
    return answer.body(StrictJson.mapper().writeValueAsBytes(outcome));
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
