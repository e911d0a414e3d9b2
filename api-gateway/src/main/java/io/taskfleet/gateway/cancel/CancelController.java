package io.taskfleet.gateway.cancel;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.status.Finding;
import io.taskfleet.gateway.status.TaskView;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskStatus;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Cancels a task. */
@RestController
final class CancelController {
  private final Cancellation cancellation;

  CancelController(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  @DeleteMapping(path = "/v1/tasks/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_WRITE)
  ResponseEntity<byte[]> cancel(@PathVariable String id, Caller caller) {
    UUID task = TaskIds.parse(id).orElseThrow(Finding::noId);
    TaskStatus status = cancellation.cancel(caller.tenant(), task, "key " + caller.keyId());
    return JsonAnswer.ok(TaskView.of(status));
  }
}
