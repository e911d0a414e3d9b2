package io.taskfleet.gateway.timeline;

import io.taskfleet.gateway.timeline.TimelineRows.AttemptLine;
import io.taskfleet.gateway.timeline.TimelineRows.Course;
import io.taskfleet.gateway.timeline.TimelineRows.Place;
import io.taskfleet.gateway.timeline.TimelineRows.TaskLine;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells the course of a task in events. Things are told in the order in which they must have
 * happened and then sorted by time, so that only clocks that disagree can mix them up.
 */
final class Story {
  private final Course course;
  private final TaskLine task;
  private final List<Event> events = new ArrayList<>();
  private boolean published;

  private Story(Course course) {
    this.course = course;
    this.task = course.task();
  }

  /** The events of this course so far. */
  static List<Event> of(Course course) {
    Story story = new Story(course);
    story.events.add(new Event.Accepted(story.task.createdAt(), story.task.runAt()));
    course.attempts().forEach(story::tell);
    story.end();
    story.events.sort(Comparator.comparing(Event::at));
    return List.copyOf(story.events);
  }

  /** What comes before the lines of its delivery, or after those of all the earlier ones. */
  private void tellPublished() {
    Place place = task.source();
    if (place != null && !published) {
      published = true;
      events.add(
          new Event.Published(
              publishedAt(), place.topic(), place.partition(), place.offset(), task.delivery()));
    }
  }

  private Instant publishedAt() {
    if (task.delivery() <= 1) {
      return task.createdAt();
    }
    return firstKnown(
        task.startedAt(),
        course.attempts().stream()
            .filter(line -> line.delivery() == task.delivery())
            .map(line -> firstKnown(line.startedAt(), line.finishedAt()))
            .findFirst()
            .orElse(task.createdAt()));
  }

  private static Instant firstKnown(@Nullable Instant time, Instant otherwise) {
    return Objects.requireNonNullElse(time, otherwise);
  }

  private void tell(AttemptLine line) {
    if (line.delivery() == task.delivery()) {
      tellPublished();
    }
    switch (line.outcome()) {
      case "retrying" -> tellFailure(line);
      case "deferred" ->
          events.add(
              new Event.Deferred(
                  line.finishedAt(),
                  line.delivery(),
                  line.worker(),
                  line.startedAt(),
                  line.reason()));
      case "dead" -> {
        tellFailure(line);
        events.add(
            new Event.DeadLettered(
                line.finishedAt(),
                Topics.deadLetter(task.type()),
                line.attempt(),
                line.delivery(),
                line.worker(),
                line.reason()));
      }
      case "redriven" ->
          events.add(new Event.Redriven(line.finishedAt(), line.worker(), line.reason().detail()));
      case "cancelled" -> events.add(new Event.Cancelled(line.finishedAt(), line.worker()));
      default -> {
        // An expired task tells so by its end; others are of a later version.
      }
    }
  }

  private void tellFailure(AttemptLine line) {
    if (line.startedAt() != null) {
      events.add(
          new Event.AttemptFailed(
              line.finishedAt(),
              line.attempt(),
              line.delivery(),
              line.worker(),
              line.startedAt(),
              line.reason()));
    }
  }

  private void end() {
    tellPublished();
    Instant at = task.finishedAt();
    if (at == null || !task.state().isTerminal()) {
      return;
    }
    if (task.state() == TaskState.SUCCEEDED) {
      events.add(
          new Event.AttemptSucceeded(
              at, task.attempt(), task.delivery(), task.worker(), task.startedAt()));
    }
    boolean hasReason = task.state() == TaskState.DEAD || task.state() == TaskState.EXPIRED;
    events.add(new Event.Ended(at, task.state(), hasReason ? task.errorCode() : null));
  }
}
