package io.taskfleet.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.taskfleet.client.Accepted;
import io.taskfleet.client.AnalyticsEvent;
import io.taskfleet.client.Batch;
import io.taskfleet.client.BatchReceipt;
import io.taskfleet.client.DownloadFormat;
import io.taskfleet.client.Email;
import io.taskfleet.client.InvalidException;
import io.taskfleet.client.JsonLines;
import io.taskfleet.client.LifecycleEvent;
import io.taskfleet.client.NewSchedule;
import io.taskfleet.client.NewUser;
import io.taskfleet.client.NotFoundException;
import io.taskfleet.client.Priority;
import io.taskfleet.client.RetryPolicy;
import io.taskfleet.client.Submission;
import io.taskfleet.client.Task;
import io.taskfleet.client.TaskFilter;
import io.taskfleet.client.TaskResult;
import io.taskfleet.client.TaskState;
import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.client.Token;
import io.taskfleet.client.UnavailableException;
import io.taskfleet.client.User;
import io.taskfleet.client.Violation;
import io.taskfleet.standalone.demo.SharedFleet;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of {@code docs/client.md}: each stands here, word for word, and runs. */
class ClientExamplesIT {
  private static final Path PAGE = Path.of("../../docs/client.md");
  private static final Path SOURCE =
      Path.of("src/test/java/io/taskfleet/standalone/client/ClientExamplesIT.java");
  private static final Pattern ON_PAGE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern IN_SOURCE =
      Pattern.compile("// example\n(.*?)\n *// end\n", Pattern.DOTALL);

  @TempDir private static Path directory;

  private static String gatewayUrl = "";
  private static String apiKey = "";
  private static TaskfleetClient client;

  private final String unique = UUID.randomUUID().toString();

  @BeforeAll
  static void start() throws Exception {
    gatewayUrl = SharedFleet.get().ready().url();
    apiKey = SharedFleet.get().ready().apiKey();
    client = SharedFleet.get().client();
  }

  @Test
  void everyExampleOfThePageStandsHere() throws Exception {
    List<String> here = found(IN_SOURCE, SOURCE);
    List<String> there = found(ON_PAGE, PAGE);

    assertThat(there).hasSizeGreaterThan(10);
    assertThat(here).containsAll(there);
  }

  private static List<String> found(Pattern pattern, Path file) throws Exception {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map(MatchResult::group)
        .map(text -> text.lines().filter(line -> !isMark(line)).toList())
        .map(lines -> String.join("\n", lines).stripIndent().strip())
        .toList();
  }

  private static boolean isMark(String line) {
    return line.contains("```")
        || line.strip().equals("// example")
        || line.strip().equals("// end");
  }

  @Test
  void makingAClient() {
    // example
    TaskfleetClient taskfleet =
        TaskfleetClient.at(gatewayUrl)
            .key(apiKey)
            .retries(RetryPolicy.DEFAULT.withDeadline(Duration.ofSeconds(20)))
            .build();
    // end
    assertThat(taskfleet.page(TaskFilter.all(), null)).isNotNull();
  }

  @Test
  void submitting() {
    // example
    Accepted accepted =
        client.submit(
            Email.to("ada@example.com")
                .subject("Your order has left")
                .text("It will be with you tomorrow."));
    Task task = client.await(accepted.id(), Duration.ofSeconds(30));
    if (task.isFinal()) {
      System.out.println(task.state() + " " + task.result());
    }
    // end
    assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
  }

  @Test
  void submittingWithAllOptions() {
    // example
    Submission task =
        Submission.of(AnalyticsEvent.named("order.sent").user("u-17").value(49.9))
            .key("order-17")
            .priority(Priority.HIGH)
            .delay(Duration.ofHours(1))
            .expiresAt(Instant.now().plus(Duration.ofHours(8)))
            .maxAttempts(5)
            .tags("invoice:17", "shop=eu");
    Accepted accepted = client.submit(task, "order-17-sent-" + unique);
    // end
    assertThat(client.cancel(accepted.id()).state()).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void submittingATypeOfOnesOwn() {
    Callable<Accepted> call =
        () -> {
          // example
          record Invoice(String customerId, long amountInCents) {}

          Accepted accepted = client.submit(Submission.of("invoice", new Invoice("c-1", 1_999)));
          // end
          return accepted;
        };
    assertThat(catchThrowable(call::call)).hasMessageContaining("/type there is no such task type");
  }

  @Test
  void failing() {
    StringBuilder seen = new StringBuilder();
    UUID id = UUID.randomUUID();
    Email email = Email.to("ada").subject("Hello").text("Hello");
    // example
    try {
      client.submit(Submission.of(email), "hello-ada");
    } catch (InvalidException e) {
      for (Violation wrong : e.problem().errors()) {
        seen.append(wrong.pointer()).append(' ').append(wrong.detail());
      }
    } catch (UnavailableException e) {
      // Nobody knows whether it was accepted. Under the same key it can be sent again at any time.
      e.retryAfter().ifPresent(pause -> System.out.println("again in " + pause));
    }
    try {
      client.get(id);
    } catch (NotFoundException e) {
      System.out.println(e.problem().traceId());
    }
    // end
    assertThat(seen).asString().isEqualTo("/payload/to/0 must be a mail address");
  }

  @Test
  void reading() {
    Accepted accepted = client.submit(AnalyticsEvent.named("example"));
    UUID id = accepted.id();
    // example
    try (Stream<Task> changes = client.watch(id)) {
      changes.forEach(task -> System.out.println(task.state() + " " + task.attempt()));
    }
    client
        .timeline(id)
        .entries()
        .forEach(entry -> System.out.println(entry.at() + " " + entry.event()));
    // end
    assertThat(client.get(id).isFinal()).isTrue();
  }

  @Test
  void listing() throws Exception {
    Path file = directory.resolve("dead.csv");
    // example
    TaskFilter dead = TaskFilter.all().state(TaskState.DEAD).type("email");
    client.list(dead).limit(1_000).forEach(task -> System.out.println(task.id()));
    try (Stream<String> lines = client.export(dead, DownloadFormat.CSV);
        PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
      lines.forEach(out::println);
    }
    // end
    assertThat(file).isNotEmptyFile();
  }

  @Test
  void cancelling() {
    UUID id =
        client
            .submit(Submission.of(AnalyticsEvent.named("example")).delay(Duration.ofDays(1)))
            .id();
    // example
    Task cancelled = client.cancel(id);
    // end
    assertThat(cancelled.state()).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void sendingABatch() {
    // example
    JsonLines tasks =
        JsonLines.of(
                () ->
                    IntStream.range(0, 10_000)
                        .mapToObj(i -> Submission.of(AnalyticsEvent.named("import.row").value(i))))
            .key("import-" + unique)
            .progress((lines, bytes) -> System.out.println(lines + " lines"));
    BatchReceipt receipt =
        client.batches().upload(tasks, Submission.of(AnalyticsEvent.named("import.done")));
    receipt.refusedLines().forEach(line -> System.out.println(line.line() + " " + line.errors()));

    Batch batch = client.batches().await(receipt, Duration.ofMinutes(1));
    System.out.println(batch.processed() + " of " + batch.total());
    try (Stream<TaskResult> results = client.batches().results(receipt.id())) {
      results
          .filter(result -> result.state() == TaskState.DEAD)
          .forEach(result -> System.out.println(result.id() + " " + result.error()));
    }
    // end
    assertThat(batch.counts().succeeded()).isEqualTo(10_000);
  }

  @Test
  void sendingAFile() throws Exception {
    Path file = directory.resolve("tasks.ndjson");
    Files.writeString(file, "{\"type\":\"analytics\",\"payload\":{\"name\":\"example\"}}\n");
    // example
    BatchReceipt receipt = client.batches().upload(JsonLines.file(file));
    try (Stream<Batch> changes = client.batches().watch(receipt.id())) {
      changes.forEach(batch -> System.out.println(batch.processed() + " of " + batch.total()));
    }
    // end
    assertThat(receipt.accepted()).isEqualTo(1);
  }

  @Test
  void keepingSchedules() {
    String name = "nightly-" + unique;
    // example
    client
        .schedules()
        .create(
            NewSchedule.cron(
                    name,
                    "0 30 2 * * *",
                    Submission.of(Email.to("ada@example.com").subject("Figures").text("…")))
                .zone(ZoneId.of("Europe/Berlin")));
    client.schedules().patch(name, Map.of("cron", "0 0 3 * * *"));
    Accepted now = client.schedules().run(name);
    client.schedules().delete(name);
    // end
    assertThat(now.type()).isEqualTo("email");
  }

  @Test
  void keepingUsers() {
    String email = unique + "@example.com";
    // example
    User ada = client.users().create(NewUser.of(email, "Ada Lovelace").locale("en-GB"));
    client.users().patch(ada.id(), Map.of("name", "Ada King"));
    Token token = client.token("ada", List.of("tasks:read"), Duration.ofMinutes(15));
    // end
    assertThat(client.users().get(ada.id()).name()).isEqualTo("Ada King");
    assertThat(token.expiresAt()).isAfter(Instant.now());
  }

  /** Compiled, but run elsewhere: these events have no end. */
  static void following(TaskfleetClient client) {
    // example
    try (Stream<LifecycleEvent> events = client.events()) {
      events.forEach(event -> System.out.println(event.id() + " " + event.kind()));
    }
    // end
  }
}
