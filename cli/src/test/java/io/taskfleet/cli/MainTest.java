package io.taskfleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands say before they come to call a gateway. */
class MainTest {
  private static final String NO_ID = "01a1fe24-8f69-798a-b174-0f5664c32482";

  private record Ended(int code, String out, String err) {}

  private static Ended run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            false,
            false,
            Map.of("TASKFLEET_URL", "http://127.0.0.1:9", "TASKFLEET_KEY", "tf_test"));
    int code = Main.run(arguments, terminal, Path.of("target/no-fleet.json"));
    return new Ended(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "submit",
        "submit analytics",
        "submit analytics --payload",
        "submit analytics --payload []",
        "submit analytics --payload {",
        "submit analytics --payload {} --set name=x",
        "submit analytics --payload @nowhere.json",
        "submit analytics --set name=x --delay soon",
        "submit analytics --set name=x --priority urgent",
        "submit analytics --set name=x --run-at tomorrow",
        "submit analytics --set name=x --no-such-option",
        "submit analytics more --set name=x",
        "get",
        "get not-an-id",
        "get " + NO_ID + " --results csv",
        "wait",
        "watch --batch",
        "list --limit -1",
        "list --state odd",
        "list --deadline 0s",
        "users list --limit -1",
        "cancel",
        "batch",
        "batch nowhere.ndjson",
        "schedules",
        "schedules create nightly analytics --set name=x",
        "schedules delete",
        "schedules delete --all nightly",
        "users status active",
        "no-such-command",
        "get " + NO_ID + " --url gopher://here",
        "get " + NO_ID + " --key a --key-file b",
        "get " + NO_ID + " --key-file nowhere"
      })
  void whatMakesNoSenseEndsWithTwo(String arguments) {
    Ended ended = run(arguments.isEmpty() ? new String[0] : arguments.split(" "));

    assertThat(ended.code()).as(ended.err()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).isNotEmpty().doesNotContain("Exception").doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource({
    "'', ' submit '", "submit, --priority", "batch, --wait", "get, --timeline", "wait, --for",
    "watch, --after", "list, --state", "cancel, --batch", "schedules, create", "users, import",
    "schedules create, --cron", "users status, --from", "completion, fleet completion"
  })
  void everyCommandExplainsItselfWithAnExample(String command, String word) {
    Ended ended = run((command + " --help").strip().split(" "));

    assertThat(ended.code()).isZero();
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out())
        .startsWith("usage: fleet " + command)
        .contains(word)
        .contains("Example:");
  }

  @Test
  void leavesFilesInPayloadsToThePayload() {
    // An @ is how a file is named here, not arguments that stand in one.
    Ended ended = run("submit", "analytics", "--payload", "@target/nowhere.json");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).isEqualTo("fleet: There is no file target/nowhere.json\n");
  }

  @Test
  void explainsWhatIsWrongInALine() {
    Ended ended = run("list", "--state", "odd");

    assertThat(ended.err().lines()).hasSize(2);
    assertThat(ended.err())
        .startsWith("fleet list: Invalid value for option '--state'")
        .endsWith("\"fleet list --help\" says more.\n");
  }
}
