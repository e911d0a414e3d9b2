package io.taskfleet.cli;

import io.taskfleet.client.TaskfleetClient;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Waits for tasks or a batch. */
@Command(
    name = "wait",
    description = "Waits until tasks or batches have ended, and prints how. Exit code 1: not well.",
    footer = "  fleet wait 01a1fe24-8f69-798a-b174-0f5664c32482 --for 30s")
final class WaitCommand extends Leaf {
  @Parameters(arity = "1..*", paramLabel = "ID", description = "of tasks, or of batches")
  private List<UUID> ids = List.of();

  @Option(names = "--batch", description = "the ids are those of batches")
  private boolean batch;

  @Mixin private WaitOptions waiting = new WaitOptions();

  @Override
  int run(TaskfleetClient client) {
    if (!batch) {
      return new TaskWait(this, waiting.limit()).forAll(client, ids);
    }
    BatchWait wait = new BatchWait(this, waiting.limit());
    return ids.stream().mapToInt(id -> wait.forOne(client, id)).max().orElse(ExitCode.OK);
  }
}
