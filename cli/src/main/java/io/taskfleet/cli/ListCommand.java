package io.taskfleet.cli;

import io.taskfleet.client.DownloadFormat;
import io.taskfleet.client.Task;
import io.taskfleet.client.TaskFilter;
import io.taskfleet.client.TaskState;
import io.taskfleet.client.TaskfleetClient;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists tasks. */
@Command(
    name = "list",
    description = {
      "Lists tasks that have been attempted, scheduled or ended, newest first.",
      "--json prints one a line."
    },
    footer = {
      "  fleet list --state dead --type email --limit 20",
      "  fleet list --tag nightly --export csv > nightly.csv"
    })
final class ListCommand extends Leaf {
  private static final int LARGEST_PAGE = 200;
  private static final int ROWS_AT_ONCE = 1_000;

  @Option(names = "--state", paramLabel = "WORD", description = "such as dead or succeeded")
  private @Nullable TaskState state;

  @Option(names = "--type", paramLabel = "TYPE", description = "such as email")
  private @Nullable String type;

  @Option(names = "--tag", paramLabel = "WORD", description = "among its tags")
  private @Nullable String tag;

  @Option(names = "--order-by", paramLabel = "KEY", description = "its ordering key")
  private @Nullable String orderingKey;

  @Option(names = "--from", paramLabel = "INSTANT", description = "accepted then or later")
  private @Nullable Instant from;

  @Option(names = "--to", paramLabel = "INSTANT", description = "accepted before then")
  private @Nullable Instant to;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "how many at most (50); 0 for all")
  private int limit;

  @Option(
      names = "--export",
      paramLabel = "FORMAT",
      description = "all of them with payloads and results: ndjson or csv")
  private @Nullable DownloadFormat export;

  @Override
  int run(TaskfleetClient client) {
    if (limit < 0) {
      throw new UsageException("--limit is 0 or more");
    }
    if (export != null) {
      try (Stream<String> lines = client.export(filter(), export)) {
        lines.forEach(this::say);
      }
      return ExitCode.OK;
    }
    int page = limit == 0 ? LARGEST_PAGE : Math.min(limit, LARGEST_PAGE);
    long most = limit == 0 ? Long.MAX_VALUE : limit;
    Stream<Task> tasks = client.list(filter().pageSize(page)).limit(most);
    if (isJson()) {
      tasks.forEach(this::sayJson);
      return ExitCode.OK;
    }
    print(tasks);
    return ExitCode.OK;
  }

  private void print(Stream<Task> tasks) {
    // Columns cannot be aligned over a list that has no end.
    List<Task> rows = tasks.limit(ROWS_AT_ONCE + 1L).toList();
    new TaskText(paint()).table(rows.subList(0, Math.min(ROWS_AT_ONCE, rows.size())), this::say);
    if (rows.size() > ROWS_AT_ONCE) {
      note("fleet: and more than " + ROWS_AT_ONCE + "; --json or --export prints them all");
    }
  }

  private TaskFilter filter() {
    TaskFilter filter = TaskFilter.all();
    filter = state == null ? filter : filter.state(state);
    filter = type == null ? filter : filter.type(type);
    filter = tag == null ? filter : filter.tag(tag);
    filter = orderingKey == null ? filter : filter.key(orderingKey);
    filter = from == null ? filter : filter.from(from);
    return to == null ? filter : filter.to(to);
  }
}
