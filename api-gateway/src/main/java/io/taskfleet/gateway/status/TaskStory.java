package io.taskfleet.gateway.status;

import io.taskfleet.gateway.live.EventStream;
import io.taskfleet.gateway.live.Story;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** How one task stands, again at each change, until it has ended. */
final class TaskStory implements Story {
  private static final String EVENT = "task";
  // When a change could not be read.
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final TaskWatcher.Watch watch;
  private final StatusReader reader;
  private final Clock clock;

  // The stream's thread only.
  private TaskStatus told;

  /** A story that begins with this status; closes the watch. */
  TaskStory(TaskStatus first, TaskWatcher.Watch watch, StatusReader reader, Clock clock) {
    this.told = first;
    this.watch = watch;
    this.reader = reader;
    this.clock = clock;
  }

  @Override
  public void tell(EventStream stream) throws IOException, InterruptedException {
    send(stream);
    Seen seen = Seen.NOTHING;
    boolean behind = false;
    while (!told.state().isTerminal() && stream.isOpen() && watch.isOpen()) {
      Seen before = seen;
      boolean waits = !behind;
      seen =
          stream.rest(
              time -> watch.awaitChange(before, waits || time.compareTo(AGAIN) < 0 ? time : AGAIN));
      if (behind || !seen.equals(before)) {
        behind = !follow(seen, stream);
      }
      stream.beatIfDue();
    }
  }

  /** Tells of what has changed; answers whether that could be found out. */
  private boolean follow(Seen seen, EventStream stream) throws IOException {
    Optional<TaskStatus> now = read(seen);
    if (now.filter(next -> Succession.isLater(next, told, clock.instant())).isPresent()) {
      told = now.get();
      send(stream);
    }
    return now.isPresent() && (told.state().isTerminal() || seen.end().isEmpty());
  }

  private Optional<TaskStatus> read(Seen seen) {
    try {
      return seen.end()
          .map(end -> reader.findEnded(told.tenant(), told.id(), end))
          .orElseGet(() -> reader.find(told.tenant(), told.id()))
          .status();
    } catch (ProblemException away) {
      return Optional.empty();
    }
  }

  private void send(EventStream stream) throws IOException {
    byte[] json = StrictJson.mapper().writeValueAsBytes(TaskView.of(told));
    stream.send(EVENT, TaskEventId.of(told), json);
  }

  @Override
  public void close() {
    watch.close();
  }
}
