package io.taskfleet.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.wire.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BenchIT {

  @Test
  void drainPrintsItsFiguresInTheLastLine(@TempDir Path state) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int exitCode =
        Bench.run(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            "drain",
            "--tasks=2000",
            "--warm-up=2000",
            "--runs=1",
            "--state=" + state,
            "--gateway-jar=" + jar("taskfleet.gateway.jar"),
            "--worker-jar=" + jar("taskfleet.worker.jar"));

    assertThat(exitCode).as(err.toString(UTF_8)).isZero();
    JsonNode figures = StrictJson.mapper().readTree(out.toString(UTF_8).lines().toList().getLast());
    assertThat(figures.path("per_s").asDouble()).isPositive();
    assertThat(figures.path("cpu_s_per_1000").asDouble()).isPositive();
    assertThat(figures.path("naive_per_s").asDouble()).isPositive();
  }

  private static String jar(String property) {
    return Objects.requireNonNull(System.getProperty(property), property);
  }
}
