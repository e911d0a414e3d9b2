package io.taskfleet.cli;

import io.taskfleet.client.Accepted;
import io.taskfleet.client.Priority;
import io.taskfleet.client.Submission;
import io.taskfleet.client.TaskfleetClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits a task. */
@Command(
    name = "submit",
    description = "Submits a task and prints its id.",
    footer = {
      "  fleet submit email --to ada@example.com --subject Hello --text 'How are you?'",
      "  fleet submit analytics --set name=order.sent --set value=49.9 --wait",
      "  fleet submit http --payload @call.json --delay 2h --tag nightly"
    })
final class SubmitCommand extends Leaf {
  @Parameters(paramLabel = "TYPE", description = "email, notification, analytics, http, …")
  private String type = "";

  @Mixin private PayloadOptions payload = new PayloadOptions();

  @Option(names = "--priority", paramLabel = "WORD", description = "high, normal or bulk")
  private @Nullable Priority priority;

  @Option(names = "--order-by", paramLabel = "KEY", description = "tasks of one key start in order")
  private @Nullable String orderingKey;

  @Option(names = "--delay", paramLabel = "TIME", description = "not before so long from now")
  private @Nullable Duration delay;

  @Option(names = "--run-at", paramLabel = "INSTANT", description = "not before this time")
  private @Nullable Instant runAt;

  @Option(names = "--expires-at", paramLabel = "INSTANT", description = "not after this time")
  private @Nullable Instant expiresAt;

  @Option(names = "--max-attempts", paramLabel = "N", description = "tries before it is given up")
  private @Nullable Integer maxAttempts;

  @Option(names = "--timeout", paramLabel = "TIME", description = "how long a try may last")
  private @Nullable Duration timeout;

  @Option(names = "--tag", paramLabel = "WORD", description = "to find it by; may be repeated")
  private @Nullable List<String> tags;

  @Option(names = "--callback-url", paramLabel = "URL", description = "told when it has ended")
  private @Nullable URI callbackUrl;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "the same task, however often it is submitted under this key")
  private @Nullable String idempotencyKey;

  @Mixin private WaitOptions waiting = new WaitOptions();

  @Option(names = "--wait", description = "wait until it has ended, and print how")
  private boolean wait;

  @Override
  int run(TaskfleetClient client) {
    String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
    Accepted accepted = client.submit(submission(payload.read()), key);
    if (wait) {
      return new TaskWait(this, waiting.limit()).forAll(client, List.of(accepted.id()));
    }
    if (isJson()) {
      sayJson(accepted);
    } else {
      say(accepted.id().toString());
    }
    return ExitCode.OK;
  }

  private Submission submission(Map<String, Object> fields) {
    Submission task = Submission.of(type, fields);
    task = priority == null ? task : task.priority(priority);
    task = orderingKey == null ? task : task.key(orderingKey);
    task = delay == null ? task : task.delay(delay);
    task = runAt == null ? task : task.runAt(runAt);
    task = expiresAt == null ? task : task.expiresAt(expiresAt);
    task = maxAttempts == null ? task : task.maxAttempts(maxAttempts);
    task = timeout == null ? task : task.timeout(timeout);
    task = tags == null ? task : task.tags(tags);
    return callbackUrl == null ? task : task.callbackUrl(callbackUrl);
  }
}
