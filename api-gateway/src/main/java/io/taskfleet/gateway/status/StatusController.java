package io.taskfleet.gateway.status;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.StrictJson;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Reads a task, at once or when it has ended. */
@RestController
final class StatusController {
  private static final String ASK_AGAIN_AFTER_SECONDS = "1";

  private final StatusReader reader;
  private final EndWatcher watcher;
  private final StatusCache cache;

  StatusController(StatusReader reader, EndWatcher watcher, StatusCache cache) {
    this.reader = reader;
    this.watcher = watcher;
    this.cache = cache;
  }

  @GetMapping(path = TaskLinks.TASKS + "{id}", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> read(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String wait,
      @RequestHeader(required = false) @Nullable String prefer,
      Caller caller) {
    Duration time = WaitTime.of(wait, prefer);
    TaskStatus status =
        TaskIds.parse(id)
            .flatMap(taskId -> find(caller.tenant(), taskId, time))
            .orElseThrow(
                () -> ProblemException.of(ProblemType.NOT_FOUND, "there is no task of this id"));
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.ok()
            .contentType(MediaType.APPLICATION_JSON)
            .cacheControl(CacheControl.noStore());
    if (!status.state().isTerminal()) {
      answer.header(HttpHeaders.RETRY_AFTER, ASK_AGAIN_AFTER_SECONDS);
    }
    if (wait == null && !time.isZero()) {
      answer.header("Preference-Applied", "wait=" + time.toSeconds());
    }
    return answer.body(StrictJson.mapper().writeValueAsBytes(TaskView.of(status)));
  }

  private Optional<TaskStatus> find(String tenant, UUID id, Duration time) {
    return time.isZero() ? reader.find(tenant, id) : findWhenEnded(tenant, id, time);
  }

  // Watched before it is looked at, so that no end falls in between.
  private Optional<TaskStatus> findWhenEnded(String tenant, UUID id, Duration time) {
    try (EndWatcher.Watch watch = watcher.watch(tenant, id)) {
      Optional<TaskStatus> now = watcher.reader().find(tenant, id);
      if (now.filter(status -> status.state().isTerminal()).isPresent()) {
        return now;
      }
      // A task that Redis was not told of is known to nobody but Kafka until its first attempt.
      if (now.isEmpty() && cache.isComplete()) {
        return now;
      }
      Optional<EndWatcher.End> end = watch.await(time);
      return end.isPresent() ? reader.findEnded(tenant, id, end.get()) : reader.find(tenant, id);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return reader.find(tenant, id);
    }
  }
}
