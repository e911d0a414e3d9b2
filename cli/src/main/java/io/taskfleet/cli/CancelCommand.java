package io.taskfleet.cli;

import io.taskfleet.client.TaskfleetClient;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Cancels tasks or batches. */
@Command(
    name = "cancel",
    description = "Cancels tasks, or what has not run of batches.",
    footer = "  fleet cancel 01a1fe24-8f69-798a-b174-0f5664c32482")
final class CancelCommand extends Leaf {
  @Parameters(arity = "1..*", paramLabel = "ID", description = "of tasks, or of batches")
  private List<UUID> ids = List.of();

  @Option(names = "--batch", description = "the ids are those of batches")
  private boolean batch;

  @Override
  int run(TaskfleetClient client) {
    TaskText text = new TaskText(paint());
    for (UUID id : ids) {
      if (batch) {
        BatchWait.tell(this, client.batches().cancel(id));
      } else if (isJson()) {
        sayJson(client.cancel(id));
      } else {
        say(text.brief(client.cancel(id)));
      }
    }
    return ExitCode.OK;
  }
}
