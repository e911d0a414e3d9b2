package io.taskfleet.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.standalone.client.CommandLine.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tasks sent with the command line, one by one and in files. */
class CliSubmitIT extends CliFixture {
  @Test
  void submitPrintsTheIdAndNothingElse() throws Exception {
    Ended ended =
        cli().runApart("submit", "email", "--to", "a@example.com", "--subject", "S", "--text", "T");

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
        cli().input("{\"name\":\"grüße\"}").runApart("submit", "analytics", "--payload", "-");

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
            .runApart(
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
    Ended ended = cli().input(EVENT + EVENT).runApart("batch", "-");

    assertThat(ended.code()).isZero();
    assertThat(ended.err()).isEqualTo("2 accepted, 0 refused\n");
    assertThat(
            client.batches().await(UUID.fromString(ended.line()), Duration.ofSeconds(60)).total())
        .isEqualTo(2);
  }

  @Test
  void drawsItsBarOnATerminalOnly() throws Exception {
    Path file = Files.writeString(directory.resolve("bar.ndjson"), EVENT.repeat(500));

    Ended seen = cli().terminal("err").runApart("batch", file.toString());
    Ended unseen = cli().run("batch", file.toString());

    assertThat(seen.err()).contains("\r").contains("100 %").contains("500 lines sent");
    assertThat(seen.out()).hasSize(37);
    assertThat(unseen.err()).isEqualTo("500 accepted, 0 refused\n");
  }

  @Test
  void aBatchOfNothingIsRefused() throws Exception {
    Ended ended = cli().input("nothing\n").runApart("batch", "-");

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.out()).isEmpty();
  }
}
