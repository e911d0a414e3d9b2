package io.taskfleet.cli;

import io.taskfleet.client.Task;
import io.taskfleet.client.TaskState;
import io.taskfleet.client.TaskfleetClient;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Waits for tasks, and tells how they ended. */
record TaskWait(Leaf command, Duration limit) {

  /** The exit code is that of the worst. */
  int forAll(TaskfleetClient client, List<UUID> ids) {
    long end = System.nanoTime() + limit.toNanos();
    int worst = ExitCode.OK;
    for (UUID id : ids) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      worst = Math.max(worst, told(client.await(id, left)));
    }
    return worst;
  }

  private int told(Task task) {
    if (command.isJson()) {
      command.sayJson(task);
    } else {
      new TaskText(command.paint()).print(task, command::say);
    }
    if (!task.isFinal()) {
      command.note("fleet: " + task.id() + " has not ended within " + limit);
      return ExitCode.UNAVAILABLE;
    }
    return task.state() == TaskState.SUCCEEDED ? ExitCode.OK : ExitCode.ENDED_BADLY;
  }
}
