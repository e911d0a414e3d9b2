package io.taskfleet.gateway.submit;

import io.taskfleet.gateway.status.TaskLinks;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.StrictJson;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * The answer to a task that was accepted.
 *
 * @param state {@code scheduled} if it waits for a time
 */
public record Accepted(UUID id, String type, TaskState state, TaskLinks links) {

  /** The whole response. */
  public static ResponseEntity<byte[]> answer(Task task) {
    TaskState state = task.options().runAt() == null ? TaskState.QUEUED : TaskState.SCHEDULED;
    Accepted accepted = new Accepted(task.id(), task.type(), state, TaskLinks.of(task.id()));
    return ResponseEntity.accepted()
        .location(URI.create(accepted.links().self()))
        .contentType(MediaType.APPLICATION_JSON)
        .body(StrictJson.mapper().writeValueAsBytes(accepted));
  }
}
