package io.taskfleet.cli;

import io.taskfleet.client.BatchReceipt;
import io.taskfleet.client.JsonLines;
import io.taskfleet.client.RefusedLine;
import io.taskfleet.client.Submission;
import io.taskfleet.client.TaskfleetClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits a file of tasks. */
@Command(
    name = "batch",
    description = {
      "Submits tasks, one a line, of which there may be any number, and prints the batch's id.",
      "A line is {\"type\": …, \"payload\": {…}}, with all that \"submit\" can say."
    },
    footer = {
      "  fleet batch tasks.ndjson --wait",
      "  generate-tasks | fleet batch - --idempotency-key import-of-monday"
    })
final class BatchCommand extends Leaf {
  private static final int MOST_TOLD = 20;

  @Parameters(paramLabel = "FILE", description = "NDJSON; - for standard input")
  private String file = "";

  @Option(
      names = "--on-complete",
      paramLabel = "JSON",
      description = "the task that starts when the last one has ended; @FILE to read it from there")
  private @Nullable String onComplete;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "the same batch, however often it is sent under this key")
  private @Nullable String idempotencyKey;

  @Option(names = "--wait", description = "wait until all have ended")
  private boolean wait;

  @Mixin private WaitOptions waiting = new WaitOptions();

  @Override
  int run(TaskfleetClient client) {
    BatchReceipt receipt = upload(client);
    note(
        String.format(
            Locale.ROOT, "%d accepted, %d refused", receipt.accepted(), receipt.refused()));
    receipt.refusedLines().stream().limit(MOST_TOLD).forEach(this::tell);
    if (receipt.refused() > MOST_TOLD) {
      note("and more; --json tells of them");
    }
    int refused = receipt.refused() == 0 ? ExitCode.OK : ExitCode.REFUSED;
    if (wait) {
      int waited =
          new BatchWait(this, waiting.limit()).forOne(client, receipt.id(), receipt.accepted());
      return waited == ExitCode.OK ? refused : waited;
    }
    if (isJson()) {
      sayJson(receipt);
    } else {
      say(receipt.id().toString());
    }
    return refused;
  }

  private BatchReceipt upload(TaskfleetClient client) {
    boolean standard = file.equals(Input.STANDARD);
    JsonLines source = standard ? JsonLines.once(System.in) : JsonLines.file(Input.file(file));
    long size = standard ? 0 : size(Path.of(file));
    source = idempotencyKey == null ? source : source.key(idempotencyKey);
    try (Progress progress = new Progress(terminal())) {
      JsonLines watched =
          source.progress(
              (lines, bytes) ->
                  progress.show(bytes, size, String.format(Locale.ROOT, "%,d lines sent", lines)));
      return onComplete == null
          ? client.batches().upload(watched)
          : client.batches().upload(watched, follower(Input.text(onComplete)));
    }
  }

  private static Submission follower(String json) {
    Map<String, Object> task = PayloadOptions.object(json, "--on-complete");
    return Submission.raw(task);
  }

  private void tell(RefusedLine line) {
    note("line " + line.line() + ": " + Table.plain(line.errors().toString()));
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
