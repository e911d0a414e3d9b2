package io.taskfleet.gateway.status;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.KnownParameters;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.StrictJson;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Reads a task, at once or when it has ended. */
@RestController
final class StatusController {
  private static final String ASK_AGAIN_AFTER_SECONDS = "1";

  private final StatusReader reader;
  private final TaskWatcher watcher;

  StatusController(StatusReader reader, TaskWatcher watcher) {
    this.reader = reader;
    this.watcher = watcher;
  }

  @GetMapping(path = TaskLinks.TASKS + "{id}", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> read(
      @PathVariable String id,
      @KnownParameters(WaitTime.PARAMETER) QueryParameters query,
      @RequestHeader(required = false) @Nullable String prefer,
      Caller caller) {
    Duration time = WaitTime.of(query, prefer);
    UUID task = TaskIds.parse(id).orElseThrow(Finding::noId);
    TaskStatus status = find(caller.tenant(), task, time).orElseThrow();
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.ok()
            .contentType(MediaType.APPLICATION_JSON)
            .cacheControl(CacheControl.noStore());
    if (!status.state().isTerminal()) {
      answer.header(HttpHeaders.RETRY_AFTER, ASK_AGAIN_AFTER_SECONDS);
    }
    if (!query.has(WaitTime.PARAMETER) && !time.isZero()) {
      answer.header("Preference-Applied", "wait=" + time.toSeconds());
    }
    return answer.body(StrictJson.mapper().writeValueAsBytes(TaskView.of(status)));
  }

  private Finding find(String tenant, UUID id, Duration time) {
    return time.isZero() ? reader.find(tenant, id) : findWhenEnded(tenant, id, time);
  }

  private Finding findWhenEnded(String tenant, UUID id, Duration time) {
    try (TaskWatcher.Watch watch = watcher.watch(id)) {
      Finding now = reader.find(tenant, id);
      if (now.isFinal()) {
        return now;
      }
      return watch
          .awaitEnd(time)
          .map(end -> reader.findEnded(tenant, id, end))
          .orElseGet(() -> reader.find(tenant, id));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return reader.find(tenant, id);
    }
  }
}
