package io.taskfleet.gateway.timeline;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.status.Finding;
import io.taskfleet.gateway.status.StatusReader;
import io.taskfleet.gateway.status.TaskLinks;
import io.taskfleet.gateway.timeline.TimelineRows.Course;
import io.taskfleet.gateway.web.JsonAnswer;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Tells the course of a task. */
@RestController
final class TimelineController {
  private static final int MOST_ATTEMPTS = 1_000;

  private final TimelineRows rows;
  private final StatusReader statuses;

  TimelineController(TimelineRows rows, StatusReader statuses) {
    this.rows = rows;
    this.statuses = statuses;
  }

  @GetMapping(path = "/v1/tasks/{id}/timeline", produces = MediaType.APPLICATION_JSON_VALUE)
  @RequiresScope(Scope.TASKS_READ)
  ResponseEntity<byte[]> read(@PathVariable String id, Caller caller) {
    UUID task = TaskIds.parse(id).orElseThrow(Finding::noId);
    Optional<Course> course = rows.find(caller.tenant(), task, MOST_ATTEMPTS);
    Timeline timeline =
        course
            .map(known -> timeline(caller.tenant(), task, known))
            .orElseGet(() -> queued(statuses.find(caller.tenant(), task).orElseThrow()));
    return JsonAnswer.ok(timeline);
  }

  private Timeline timeline(String tenant, UUID id, Course course) {
    List<Event> entries = new ArrayList<>(Story.of(course));
    TaskState state = course.task().state();
    if (!state.isTerminal()) {
      Optional<TaskStatus> running =
          statuses.find(tenant, id).status().filter(now -> now.state() == TaskState.RUNNING);
      running.ifPresent(now -> addRunning(now, entries));
      state = running.map(TaskStatus::state).orElse(state);
    }
    boolean truncated = course.attempts().size() == MOST_ATTEMPTS;
    return new Timeline(id, state, entries, truncated, TaskLinks.of(id));
  }

  /** Of a task that no worker has recorded anything of. */
  private static Timeline queued(TaskStatus status) {
    List<Event> entries = new ArrayList<>();
    entries.add(new Event.Accepted(status.createdAt(), status.runAt()));
    if (status.state() == TaskState.RUNNING) {
      addRunning(status, entries);
    }
    return new Timeline(status.id(), status.state(), entries, false, TaskLinks.of(status.id()));
  }

  private static void addRunning(TaskStatus status, List<Event> entries) {
    if (status.startedAt() != null) {
      entries.add(new Event.AttemptStarted(status.startedAt(), status.attempt()));
    }
  }
}
