package io.taskfleet.cli;

import io.taskfleet.client.DownloadFormat;
import io.taskfleet.client.Task;
import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.client.Timeline;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a task or a batch. */
@Command(
    name = "get",
    description = "Prints how a task or a batch stands.",
    footer = {
      "  fleet get 01a1fe24-8f69-798a-b174-0f5664c32482 --timeline",
      "  fleet get --batch 01a1fe24-8f69-798a-b174-0f5664c32482 --results csv > results.csv"
    })
final class GetCommand extends Leaf {
  @Parameters(paramLabel = "ID", description = "of a task, or of a batch with --batch")
  private @Nullable UUID id;

  @Option(names = "--timeline", description = "what has happened to the task")
  private boolean timeline;

  @Option(names = "--batch", description = "the id is that of a batch")
  private boolean batch;

  @Option(
      names = "--results",
      paramLabel = "FORMAT",
      description = "how each task of the batch ended: ndjson or csv")
  private @Nullable DownloadFormat results;

  @Override
  int run(TaskfleetClient client) {
    UUID wanted = Objects.requireNonNull(id);
    if (results != null && !batch) {
      throw new UsageException("--results are those of a --batch");
    }
    if (results != null) {
      try (Stream<String> lines = client.batches().results(wanted, results)) {
        lines.forEach(this::say);
      }
    } else if (batch) {
      BatchWait.tell(this, client.batches().get(wanted));
    } else if (timeline) {
      tell(client.timeline(wanted));
    } else {
      tell(client.get(wanted));
    }
    return ExitCode.OK;
  }

  private void tell(Task task) {
    if (isJson()) {
      sayJson(task);
    } else {
      new TaskText(paint()).print(task, this::say);
    }
  }

  private void tell(Timeline story) {
    if (isJson()) {
      sayJson(story);
      return;
    }
    Table table = new Table("AT", "EVENT", "DETAILS");
    for (Timeline.Entry entry : story.entries()) {
      table.row(
          entry.at().toString(),
          Table.plain(entry.event()),
          Table.plain(entry.details().isEmpty() ? "" : entry.details().toString()));
    }
    table.print(this::say);
  }
}
