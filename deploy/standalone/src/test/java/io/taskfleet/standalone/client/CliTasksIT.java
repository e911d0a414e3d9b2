package io.taskfleet.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.client.AnalyticsEvent;
import io.taskfleet.client.Submission;
import io.taskfleet.standalone.client.CommandLine.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tasks and batches read, followed and cancelled with the command line. */
class CliTasksIT extends CliFixture {
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
    Ended colourful = cli().terminal("out").with("TERM", "xterm").runApart(command);
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
    CommandLine cli = cli();
    List<String> command = cli.program();
    command.addAll(List.of("watch", later));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    cli.surround(builder);
    Process watch = builder.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.size(out) > 0);

    new ProcessBuilder("kill", "-INT", Long.toString(watch.pid())).start().waitFor();

    assertThat(watch.waitFor(30, TimeUnit.SECONDS)).isTrue();
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

  private Submission event() {
    return Submission.of(AnalyticsEvent.named("cli.it")).tags(tag);
  }

  private Submission tomorrow() {
    return event().delay(Duration.ofHours(24));
  }
}
