package io.taskfleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private Terminal terminal(boolean isTerminal) {
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
    return new Terminal(nowhere, new PrintStream(err, true, UTF_8), false, isTerminal, Map.of());
  }

  @Test
  void fillsTheBarAndWipesItAway() {
    try (Progress progress = new Progress(terminal(true))) {
      progress.show(5, 10, "five");
    }

    assertThat(err.toString(UTF_8))
        .isEqualTo("\r\u001b[K[###############...............]  50 %  five\r\u001b[K");
  }

  @Test
  void drawsNothingWhereThereIsNoTerminal() {
    try (Progress progress = new Progress(terminal(false))) {
      progress.show(5, 10, "five");
    }

    assertThat(err.size()).isZero();
  }

  @Test
  void hasNoBarForWhatHasNoEnd() {
    assertThat(Progress.bar(7, 0)).isEmpty();
    assertThat(Progress.bar(11, 10)).endsWith("#] 100 %  ");
  }

  @Test
  void isColourfulOnATerminalOnlyAndIfNobodyMinds() {
    PrintStream out = new PrintStream(err, true, UTF_8);

    assertThat(new Terminal(out, out, true, true, Map.of()).isColourful()).isTrue();
    assertThat(new Terminal(out, out, false, true, Map.of()).isColourful()).isFalse();
    assertThat(new Terminal(out, out, true, true, Map.of("NO_COLOR", "1")).isColourful()).isFalse();
    assertThat(new Terminal(out, out, true, true, Map.of("NO_COLOR", "")).isColourful()).isTrue();
    assertThat(new Terminal(out, out, true, true, Map.of("TERM", "dumb")).isColourful()).isFalse();
  }
}
