package io.taskfleet.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimesTest {

  @Test
  void percentileIsTheTimeThatThisShareDidNotExceed() {
    Times times = Times.of(IntStream.rangeClosed(1, 200).mapToObj(Duration::ofMillis).toList());

    assertThat(times.percentile(0.5)).isEqualTo(Duration.ofMillis(100));
    assertThat(times.percentile(0.95)).isEqualTo(Duration.ofMillis(190));
    assertThat(times.percentile(0.99)).isEqualTo(Duration.ofMillis(198));
    assertThat(times.percentile(1)).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void nothingMeasuredIsNoTime() {
    assertThat(Times.of(List.of()).percentile(0.99)).isZero();
  }
}
