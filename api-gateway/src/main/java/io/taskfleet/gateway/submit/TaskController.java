package io.taskfleet.gateway.submit;

import static org.springframework.http.MediaType.APPLICATION_JSON_VALUE;

import io.taskfleet.gateway.idempotency.FirstAnswers;
import io.taskfleet.gateway.idempotency.RepeatableRequest;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.submit.TaskReader.Origin;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Addressed;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.wire.RefusedJsonException;
import java.time.Clock;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes single tasks: of any type with all options, and the short forms for the common case. */
@RestController
@RequestMapping(path = "/v1", consumes = APPLICATION_JSON_VALUE, produces = APPLICATION_JSON_VALUE)
final class TaskController {
  private final TaskReader reader;
  private final Acceptance acceptance;
  private final FirstAnswers answers;
  private final Clock clock;

  TaskController(TaskReader reader, Acceptance acceptance, FirstAnswers answers, Clock clock) {
    this.reader = reader;
    this.acceptance = acceptance;
    this.answers = answers;
    this.clock = clock;
  }

  @PostMapping("/tasks")
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> submit(RepeatableRequest request, TraceContext trace) {
    return answers.give(
        request, () -> accepted(reader.readTask(request.body(), Origin.of(request, trace, clock))));
  }

  @PostMapping("/emails")
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> email(RepeatableRequest request, TraceContext trace) {
    return submitShort(BuiltInTypes.EMAIL, request, trace);
  }

  @PostMapping("/notifications")
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> notification(RepeatableRequest request, TraceContext trace) {
    return submitShort(BuiltInTypes.NOTIFICATION, request, trace);
  }

  @PostMapping("/http-calls")
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> httpCall(RepeatableRequest request, TraceContext trace) {
    return submitShort(BuiltInTypes.HTTP, request, trace);
  }

  private ResponseEntity<byte[]> submitShort(
      TaskType<? extends Addressed> type, RepeatableRequest request, TraceContext trace) {
    return answers.give(
        request,
        () -> {
          try {
            return accepted(
                reader.readShort(type, request.body(), Origin.of(request, trace, clock)));
          } catch (RefusedJsonException e) {
            throw ProblemException.of(e, "");
          }
        });
  }

  private ResponseEntity<byte[]> accepted(Task task) {
    acceptance.accept(task);
    return Accepted.answer(task);
  }
}
