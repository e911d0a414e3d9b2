package io.taskfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.standalone.UsageException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchOptionsTest {

  @Test
  void drainsUnlessToldOtherwise() {
    BenchOptions options = parse();

    assertThat(options.scenario()).isEqualTo(Scenario.DRAIN);
    assertThat(options.tasks()).isEqualTo(200_000);
    assertThat(options.runs()).isEqualTo(3);
    assertThat(options.naive()).isTrue();
    assertThat(options.json()).isFalse();
  }

  @Test
  void takesTheBenchmarkFromAnywhereAmongTheOptions() {
    assertThat(parse("wait", "--tasks", "7").scenario()).isEqualTo(Scenario.WAIT);
    assertThat(parse("--tasks", "7", "wait").scenario()).isEqualTo(Scenario.WAIT);
    assertThat(parse("--json", "wait", "--tasks=7").tasks()).isEqualTo(7);
  }

  @Test
  void comparesOnlyADrain() {
    assertThat(parse("drain", "--no-naive").naive()).isFalse();
    assertThat(parse("mixed").naive()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sprint", "--tasks=0", "--tasks=many", "--runs=0", "--speed=9", "a b"})
  void refusesWhatItDoesNotKnow(String argument) {
    assertThatThrownBy(() -> parse(argument.split(" ", -1))).isInstanceOf(UsageException.class);
  }

  private static BenchOptions parse(String... arguments) {
    return BenchOptions.parse(
        Stream.concat(
                Stream.of("--gateway-jar", "gateway.jar", "--worker-jar", "worker.jar"),
                Stream.of(arguments))
            .toArray(String[]::new));
  }
}
