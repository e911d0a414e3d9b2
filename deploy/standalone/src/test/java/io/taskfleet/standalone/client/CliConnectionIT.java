package io.taskfleet.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.client.AnalyticsEvent;
import io.taskfleet.client.Submission;
import io.taskfleet.standalone.client.CommandLine.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** How the command line finds its gateway and gets in, and what it says when it does not. */
class CliConnectionIT extends CliFixture {
  private static final String NO_ID = "01a1fe24-8f69-798a-b174-0f5664c32482";

  @Test
  void badCommandLinesEndWithTwo() throws Exception {
    for (String arguments : List.of("submit", "get not-an-id", "batch nowhere.ndjson")) {
      Ended ended = cli().runApart(arguments.split(" "));

      assertThat(ended.code()).as(ended.err()).isEqualTo(2);
      assertThat(ended.out()).isEmpty();
      assertThat(ended.err()).isNotEmpty().doesNotContain("\tat ");
    }
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
        cli()
            .with("TASKFLEET_URL", "http://127.0.0.1:9")
            .runApart("get", NO_ID, "--deadline", "1s");

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

    Ended local = new CommandLine(directory).readyFile(ready).runApart("list", "--limit", "1");
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
            .execute(
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
