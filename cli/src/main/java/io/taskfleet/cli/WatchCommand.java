package io.taskfleet.cli;

import io.taskfleet.client.Batch;
import io.taskfleet.client.LifecycleEvent;
import io.taskfleet.client.Task;
import io.taskfleet.client.TaskState;
import io.taskfleet.client.TaskfleetClient;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Follows a task, a batch, or everything. */
@Command(
    name = "watch",
    description = {
      "Prints each change of a task or a batch until it has ended; without an id, everything that",
      "happens to your tasks, until you press Ctrl-C."
    },
    footer = {
      "  fleet watch 01a1fe24-8f69-798a-b174-0f5664c32482",
      "  fleet watch --json | jq .kind"
    })
final class WatchCommand extends Leaf {
  @Parameters(arity = "0..1", paramLabel = "ID", description = "of a task, or of a batch")
  private @Nullable UUID id;

  @Option(names = "--batch", description = "the id is that of a batch")
  private boolean batch;

  @Option(
      names = "--after",
      paramLabel = "EVENT",
      defaultValue = "",
      description = "everything that has happened after the event of this id")
  private String after = "";

  @Override
  int run(TaskfleetClient client) {
    if (id == null && batch) {
      throw new UsageException("Which batch?");
    }
    if (id == null) {
      return everything(client);
    }
    return batch ? batch(client, id) : task(client, id);
  }

  private int everything(TaskfleetClient client) {
    try (Stream<LifecycleEvent> events = client.events(after)) {
      events.forEach(
          event -> {
            if (isJson()) {
              sayJson(event);
            } else {
              say(Table.plain(event.id() + "  " + event.kind() + "  " + event.data()));
            }
          });
    }
    return ExitCode.OK;
  }

  private int task(TaskfleetClient client, UUID wanted) {
    TaskText text = new TaskText(paint());
    try (Stream<Task> changes = client.watch(wanted)) {
      TaskState end =
          changes
              .peek(
                  task -> {
                    if (isJson()) {
                      sayJson(task);
                    } else {
                      say(text.brief(task));
                    }
                  })
              .map(Task::state)
              .reduce(TaskState.UNKNOWN, (before, state) -> state);
      return end == TaskState.SUCCEEDED ? ExitCode.OK : ExitCode.ENDED_BADLY;
    }
  }

  private int batch(TaskfleetClient client, UUID wanted) {
    try (Stream<Batch> changes = client.batches().watch(wanted)) {
      return changes
          .peek(change -> BatchWait.tell(this, change))
          .map(
              change ->
                  change.counts().succeeded() == change.processed()
                      ? ExitCode.OK
                      : ExitCode.ENDED_BADLY)
          .reduce(ExitCode.OK, (before, code) -> code);
    }
  }
}
