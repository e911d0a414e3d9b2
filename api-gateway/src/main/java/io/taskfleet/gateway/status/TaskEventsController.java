package io.taskfleet.gateway.status;

import io.taskfleet.gateway.live.EventStreams;
import io.taskfleet.gateway.live.Follower;
import io.taskfleet.gateway.live.Story;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskStatus;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Tells how a task stands, and each change of it. */
@RestController
final class TaskEventsController {
  private final EventStreams streams;
  private final StatusReader reader;
  private final TaskWatcher watcher;
  private final Clock clock;

  TaskEventsController(
      EventStreams streams, StatusReader reader, TaskWatcher watcher, Clock clock) {
    this.streams = streams;
    this.reader = reader;
    this.watcher = watcher;
    this.clock = clock;
  }

  @GetMapping(path = TaskLinks.TASKS + "{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  @RequiresScope(Scope.TASKS_READ)
  void follow(@PathVariable String id, Follower follower) throws IOException {
    String heard = follower.lastEventId().map(TaskEventId::parse).orElse("");
    UUID task = TaskIds.parse(id).orElseThrow(Finding::noId);
    streams.open("task", follower, tenant -> story(tenant, task, heard));
  }

  private Optional<Story> story(String tenant, UUID id, String heard) {
    TaskWatcher.Watch watch = watcher.watch(id);
    boolean taken = false;
    try {
      TaskStatus first = reader.find(tenant, id).orElseThrow();
      if (first.state().isTerminal() && heard.equals(TaskEventId.of(first))) {
        return Optional.empty();
      }
      taken = true;
      return Optional.of(new TaskStory(first, watch, reader, clock));
    } finally {
      if (!taken) {
        watch.close();
      }
    }
  }
}
