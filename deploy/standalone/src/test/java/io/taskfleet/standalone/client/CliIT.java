package io.taskfleet.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.client.AnalyticsEvent;
import io.taskfleet.client.Submission;
import io.taskfleet.client.TaskState;
import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.standalone.client.CommandLine.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What commands print and end with, in processes of their own. */
class CliIT {
  private static final String NO_ID = "01a1fe24-8f69-798a-b174-0f5664c32482";
  private static final String EVENT =
      "{\"type\":\"analytics\",\"payload\":{\"name\":\"cli.it\"}}\n";

  @TempDir private static Path directory;

  private static SharedFleet fleet;
  private static TaskfleetClient client;

  private final String tag = UUID.randomUUID().toString();

  @BeforeAll
  static void start() throws Exception {
    fleet = SharedFleet.get();
    client = fleet.client();
  }

  private static CommandLine cli() {
    return new CommandLine(directory)
        .with("TASKFLEET_URL", fleet.ready().url())
        .with("TASKFLEET_KEY", fleet.ready().apiKey());
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void submitPrintsTheIdAndNothingElse() throws Exception {
    Ended ended =
        cli().run("submit", "email", "--to", "a@example.com", "--subject", "S", "--text", "T");

    assertThat(ended.code()).isZero();
    assertThat(ended.err()).isEmpty();
    UUID id = UUID.fromString(ended.line());
    assertThat(client.get(id).payload())
        .hasToString("{\"to\":[\"a@example.com\"],\"subject\":\"S\",\"text\":\"T\"}");
  }

  @Test
  void submitTakesThePayloadFromEverywhere() throws Exception {
    Path file = Files.writeString(directory.resolve("event.json"), "{\"name\":\"of.file\"}");

    Ended fields =
        cli().run("submit", "analytics", "--set", "name=of.fields", "--set", "value=2", "--json");
    Ended fromFile = cli().run("submit", "analytics", "--payload", "@" + file, "--json");
    Ended fromInput =
        cli().input("{\"name\":\"grüße\"}").run("submit", "analytics", "--payload", "-");

    assertThat(json(fields.line()).path("type").asString()).isEqualTo("analytics");
    assertThat(fromFile.code()).isZero();
    assertThat(fromInput.code()).isEqualTo(3);
    assertThat(fromInput.out()).isEmpty();
    assertThat(fromInput.err()).startsWith("fleet: 422 ").contains("/payload/name");
  }

  @Test
  void submitWaitsAndTellsHowItEnded() throws Exception {
    Ended well =
        cli().run("submit", "analytics", "--set", "name=cli", "--wait", "--json", "--tag", tag);
    Ended badly =
        cli()
            .run(
                "submit",
                "http",
                "--set",
                "url=http://127.0.0.1:9/",
                "--max-attempts",
                "1",
                "--wait",
                "--json");
    Ended late =
        cli()
            .run(
                "submit",
                "analytics",
                "--set",
                "name=cli",
                "--delay",
                "1d",
                "--wait",
                "--for",
                "300ms");

    assertThat(well.code()).isZero();
    assertThat(json(well.line()).path("state").asString()).isEqualTo("succeeded");
    assertThat(json(well.line()).path("tags").path(0).asString()).isEqualTo(tag);
    assertThat(badly.code()).isEqualTo(1);
    assertThat(json(badly.line()).path("state").asString()).isEqualTo("dead");
    assertThat(late.code()).isEqualTo(4);
    assertThat(late.err()).contains("has not ended within PT0.3S");
  }

  @Test
  void theSameIdempotencyKeyIsTheSameTask() throws Exception {
    String[] command = {"submit", "analytics", "--set", "name=cli", "--idempotency-key", tag};

    assertThat(cli().run(command).line()).isEqualTo(cli().run(command).line());
  }

  @Test
  void badCommandLinesEndWithTwo() throws Exception {
    for (String arguments : List.of("submit", "get not-an-id", "batch nowhere.ndjson")) {
      Ended ended = cli().run(arguments.split(" "));

      assertThat(ended.code()).as(ended.err()).isEqualTo(2);
      assertThat(ended.out()).isEmpty();
      assertThat(ended.err()).isNotEmpty().doesNotContain("\tat ");
    }
  }

  @Test
  void batchTellsOfEachRefusedLineAndFollowsTheRest() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("tasks.ndjson"), EVENT.repeat(2_000) + "nothing\n" + EVENT);

    Ended ended = cli().run("batch", file.toString(), "--wait", "--json");

    assertThat(ended.code()).isEqualTo(3);
    assertThat(json(ended.line()).path("counts").path("succeeded").asInt()).isEqualTo(2_001);
    assertThat(ended.err())
        .startsWith("2001 accepted, 1 refused\nline 2001: [")
        .doesNotContain("\r");
  }

  @Test
  void batchReadsStandardInput() throws Exception {
    Ended ended = cli().input(EVENT + EVENT).run("batch", "-");

    assertThat(ended.code()).isZero();
    assertThat(ended.err()).isEqualTo("2 accepted, 0 refused\n");
    assertThat(
            client.batches().await(UUID.fromString(ended.line()), Duration.ofSeconds(60)).total())
        .isEqualTo(2);
  }

  @Test
  void drawsItsBarOnATerminalOnly() throws Exception {
    Path file = Files.writeString(directory.resolve("bar.ndjson"), EVENT.repeat(500));

    Ended seen = cli().terminal("err").run("batch", file.toString());
    Ended unseen = cli().run("batch", file.toString());

    assertThat(seen.err()).contains("\r").contains("100 %").contains("500 lines sent");
    assertThat(seen.out()).hasSize(37);
    assertThat(unseen.err()).isEqualTo("500 accepted, 0 refused\n");
  }

  @Test
  void aBatchOfNothingIsRefused() throws Exception {
    Ended ended = cli().input("nothing\n").run("batch", "-");

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.out()).isEmpty();
  }

  @Test
  void listsInColumnsWithColoursOnATerminalOnly() throws Exception {
    Set<String> ids =
        IntStream.range(0, 5)
            .mapToObj(i -> client.submit(tomorrow().key(i == 3 ? "a" : "longer")).id())
            .peek(client::cancel)
            .map(UUID::toString)
            .collect(Collectors.toSet());
    String[] command = {"list", "--tag", tag, "--state", "cancelled"};

    Ended plain = cli().run(command);
    Ended colourful = cli().terminal("out").with("TERM", "xterm").run(command);
    Ended refused = cli().terminal("out").with("TERM", "xterm").with("NO_COLOR", "1").run(command);

    List<String> lines = plain.out().lines().toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.getFirst()).startsWith("ID ").endsWith("KEY     ERROR");
    assertThat(lines.stream().skip(1).map(line -> line.substring(0, 36)))
        .containsExactlyInAnyOrderElementsOf(ids);
    assertThat(lines.stream().map(line -> line.lastIndexOf("  ")).distinct()).hasSizeLessThan(4);
    assertThat(plain.out()).doesNotContain("\u001b");
    assertThat(colourful.out()).contains("\u001b[33mcancelled\u001b[0m");
    assertThat(refused.out()).isEqualTo(plain.out());
  }

  @Test
  void listsAsJsonALineAndExports() throws Exception {
    for (int i = 0; i < 3; i++) {
      client.cancel(client.submit(tomorrow()).id());
    }

    Ended all = cli().run("list", "--tag", tag, "--json", "--limit", "0");
    Ended two = cli().run("list", "--tag", tag, "--json", "--limit", "2");
    Ended csv = cli().run("list", "--tag", tag, "--export", "csv");

    assertThat(all.out().lines().map(line -> json(line).path("state").asString()))
        .containsExactly("cancelled", "cancelled", "cancelled");
    assertThat(two.out().lines()).hasSize(2);
    assertThat(csv.out().lines()).hasSize(4);
  }

  @Test
  void getsWaitsWatchesAndCancels() throws Exception {
    String done = client.submit(event()).id().toString();
    String later = client.submit(tomorrow()).id().toString();

    Ended waited = cli().run("wait", done, "--for", "1m");
    assertThat(waited.code()).isZero();
    assertThat(waited.out()).contains("state       succeeded\n").contains("id          " + done);
    assertThat(cli().run("get", done, "--timeline").out()).contains("attempt_succeeded");
    assertThat(json(cli().run("get", done, "--json").line()).path("attempt").asInt()).isEqualTo(1);

    Ended watched = cli().run("watch", done);
    assertThat(watched.code()).isZero();
    assertThat(watched.out()).contains(done + "  succeeded  attempt 1");

    assertThat(cli().run("wait", later, "--for", "200ms").code()).isEqualTo(4);
    assertThat(cli().run("cancel", later).line()).startsWith(later + "  cancelled");
    assertThat(cli().run("wait", later).code()).isEqualTo(1);
    assertThat(cli().run("watch", later).code()).isEqualTo(1);
    assertThat(cli().run("cancel", done).code()).isEqualTo(3);
  }

  @Test
  void anInterruptEndsAWatchInPeace() throws Exception {
    String later = client.submit(tomorrow()).id().toString();
    Path out = Files.createTempFile(directory, "watch", "");
    Path err = Files.createTempFile(directory, "watch", "");
    List<String> command = new ArrayList<>(cli().start());
    command.addAll(List.of("watch", later, "--url", fleet.ready().url()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("TASKFLEET_KEY", fleet.ready().apiKey());
    Process watch = builder.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.size(out) > 0);

    new ProcessBuilder("kill", "-INT", Long.toString(watch.pid())).start().waitFor();

    assertThat(watch.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(watch.exitValue()).isEqualTo(130);
    assertThat(err).isEmptyFile();
    assertThat(Files.readString(out)).matches(later + "  scheduled  attempt 0.*\n");
    client.cancel(UUID.fromString(later));
  }

  @Test
  void readsWatchesAndDownloadsABatch() throws Exception {
    String batch = cli().input(EVENT.repeat(3)).run("batch", "-").line();

    assertThat(cli().run("watch", "--batch", batch).out()).contains("finished  3 of 3 ended");
    assertThat(cli().run("wait", "--batch", batch).line()).startsWith(batch + "  finished");
    assertThat(cli().run("get", "--batch", batch, "--results", "ndjson").out().lines()).hasSize(3);
    assertThat(cli().run("cancel", "--batch", batch).code()).isEqualTo(3);
  }

  @Test
  void keepsSchedules() throws Exception {
    String name = "cli-" + tag;
    Ended made =
        cli()
            .run(
                "schedules",
                "create",
                name,
                "analytics",
                "--set",
                "name=cli",
                "--cron",
                "0 30 2 * * *",
                "--zone",
                "Europe/Berlin",
                "--catch-up",
                "skip");

    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.out()).contains("0 30 2 * * * Europe/Berlin").contains("yes");
    assertThat(cli().run("schedules", "list").out()).contains(name);
    assertThat(json(cli().run("schedules", "disable", name, "--json").line()).has("next_fire_at"))
        .isFalse();
    assertThat(cli().run("schedules", "enable", name).code()).isZero();
    UUID run = UUID.fromString(cli().run("schedules", "run", name).line());
    assertThat(client.await(run, Duration.ofSeconds(60)).state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(cli().run("schedules", "delete", name).code()).isZero();
    assertThat(cli().run("schedules", "get", name).code()).isEqualTo(3);
  }

  @Test
  void keepsUsers() throws Exception {
    String mail = tag + "@example.com";
    Ended made = cli().run("users", "create", mail, "Ada Lovelace", "--json");
    String id = json(made.line()).path("id").asString();
    Ended imported =
        cli()
            .input("{\"email\":\"b" + mail + "\",\"name\":\"B\"}\n{\"email\":\"no\"}\n")
            .run("users", "import", "-");

    assertThat(imported.code()).isEqualTo(3);
    assertThat(imported.out()).isEqualTo("1 created, 0 there already, 1 refused\n");
    assertThat(imported.err()).startsWith("line 2: [");
    assertThat(cli().run("users", "get", id).out()).contains("Ada Lovelace");
    assertThat(cli().run("users", "get", id, "--profile").line()).contains("\"missing\":[]");
    assertThat(cli().run("users", "status", "suspended", id).line()).isEqualTo("1 changed");
    assertThat(cli().run("users", "list", "--status", "suspended", "--json").out()).contains(mail);
    assertThat(cli().run("users", "delete", id).code()).isZero();
    assertThat(cli().run("users", "get", id).code()).isEqualTo(3);
  }

  @Test
  void findsNothingOfAnotherTenant() throws Exception {
    String task = client.submit(tomorrow()).id().toString();
    String user =
        json(cli().run("users", "create", tag + "@example.com", "A", "--json").line())
            .path("id")
            .asString();
    String key = fleet.keyOf("other-cli");

    for (String command :
        List.of(
            "get " + task,
            "wait " + task,
            "watch " + task,
            "cancel " + task,
            "users get " + user,
            "users delete " + user)) {
      Ended ended = cli().with("TASKFLEET_KEY", key).run(command.split(" "));

      assertThat(ended.code()).as(command).isEqualTo(3);
      assertThat(ended.out()).isEmpty();
      assertThat(ended.err()).startsWith("fleet: 404 There is no such thing");
    }
    client.cancel(UUID.fromString(task));
  }

  @Test
  void saysThatTheGatewayIsAwayWithinItsDeadline() throws Exception {
    long began = System.nanoTime();

    Ended ended =
        cli().with("TASKFLEET_URL", "http://127.0.0.1:9").run("get", NO_ID, "--deadline", "1s");

    assertThat(ended.code()).isEqualTo(4);
    assertThat(ended.err()).startsWith("fleet: GET /v1/tasks/" + NO_ID + " failed");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void saysHowToGiveAKey() throws Exception {
    Ended without =
        new CommandLine(directory).with("TASKFLEET_URL", fleet.ready().url()).run("get", NO_ID);
    Ended unreadable = cli().with("TASKFLEET_KEY", "tf bad").run("get", NO_ID);

    assertThat(without.code()).isEqualTo(3);
    assertThat(without.err()).startsWith("fleet: 401 ").contains("TASKFLEET_KEY");
    assertThat(unreadable.code()).isEqualTo(2);
    assertThat(unreadable.err()).doesNotContain("tf bad");
  }

  @Test
  void takesTheKeyOfTheLocalFleetForThatFleetOnly() throws Exception {
    Path ready = directory.resolve("ready.json");
    Files.writeString(
        ready,
        JsonMapper.shared()
            .writeValueAsString(
                Map.of("url", fleet.ready().url(), "api_key", fleet.ready().apiKey())));

    Ended local = new CommandLine(directory).readyFile(ready).run("list", "--limit", "1");
    Ended elsewhere =
        new CommandLine(directory)
            .readyFile(ready)
            .run("list", "--url", fleet.ready().url().replace("127.0.0.1", "localhost"));

    assertThat(local.code()).as(local.err()).isZero();
    assertThat(elsewhere.code()).isEqualTo(3);
    assertThat(elsewhere.err()).startsWith("fleet: 401 ");
  }

  @Test
  void readsTheKeyFromAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("key"), fleet.ready().apiKey() + "\n");

    Ended ended =
        new CommandLine(directory)
            .run(
                "list",
                "--limit",
                "1",
                "--url",
                fleet.ready().url(),
                "--key-file",
                file.toString());

    assertThat(ended.code()).as(ended.err()).isZero();
  }

  @Test
  void completesInTheShell() throws Exception {
    Ended script = cli().run("completion");
    Path file = Files.writeString(directory.resolve("completion.sh"), script.out());

    Ended completed =
        cli()
            .run(
                List.of(
                    "bash",
                    "-c",
                    "source "
                        + file
                        + "; COMP_WORDS=(fleet sub); COMP_CWORD=1;"
                        + " _complete_fleet; echo \"${COMPREPLY[@]}\""));

    assertThat(script.code()).isZero();
    assertThat(completed.out()).as(completed.err()).isEqualTo("submit\n");
  }

  private Submission event() {
    return Submission.of(AnalyticsEvent.named("cli.it")).tags(tag);
  }

  private Submission tomorrow() {
    return event().delay(Duration.ofHours(24));
  }
}
