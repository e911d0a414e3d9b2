package io.taskfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CpuReadingTest {

  @Test
  void tellsWhatEachKindTookBetweenReadings() {
    CpuReading before =
        new CpuReading(
            Map.of(ProcessKind.WORKER, Duration.ofSeconds(10)), new MachineTime(100, 10));
    CpuReading after =
        new CpuReading(
            Map.of(
                ProcessKind.WORKER,
                Duration.ofSeconds(14),
                ProcessKind.KAFKA,
                Duration.ofSeconds(2)),
            new MachineTime(400, 110));

    CpuReading between = after.since(before);

    assertThat(between.perThousand(200_000)).isEqualTo(0.03);
    assertThat(between.perThousandByKind(200_000))
        .containsExactlyInAnyOrderEntriesOf(Map.of("worker", 0.02, "kafka", 0.01));
    assertThat(between.machine().stolenPercent()).isEqualTo(25);
  }

  @Test
  void readsWhatTheKernelSaysOfTheMachine() {
    MachineTime time = MachineTime.parse("cpu  10 1 5 1000 20 2 3 7 4 0");

    assertThat(time).isEqualTo(new MachineTime(21, 7));
    assertThat(time.stolenPercent()).isEqualTo(25);
    assertThat(MachineTime.parse("")).isEqualTo(MachineTime.NONE);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void countsTheTimeOfChildrenThatHaveEnded() throws Exception {
    Process shell =
        new ProcessBuilder(
                "sh", "-c", "(i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done); read x")
            .start();
    try {
      CpuMeter meter = new CpuMeter();
      meter.watch(ProcessKind.POSTGRES, shell.toHandle());

      await()
          .until(() -> shell.descendants().findAny().isEmpty() && meter.read().perThousand(1) > 0);

      assertThat(meter.read().perThousand(1_000)).isPositive();
    } finally {
      shell.destroyForcibly();
    }
  }
}
