package io.taskfleet.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void areOneLineOfJsonInTheOrderGiven() {
    String json =
        new Figures(Scenario.DRAIN, 2_000, 3)
            .put("per_s", 25_123.456)
            .put("cpu_s_per_1000", 0.0381249)
            .putMedians(
                "cpu_s_per_1000_by_process",
                List.of(Map.of("worker", 0.01), Map.of("worker", 0.03), Map.of("worker", 0.02)))
            .json();

    assertThat(json)
        .isEqualTo(
            "{\"bench\":\"drain\",\"tasks\":2000,\"runs\":3,\"per_s\":25120.0,"
                + "\"cpu_s_per_1000\":0.03812,\"cpu_s_per_1000_by_process\":{\"worker\":0.02}}");
  }

  @Test
  void medianIsTheMiddleOfOddAndTheMeanOfTheMiddleOfEvenNumbers() {
    assertThat(Figures.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2.0);
    assertThat(Figures.median(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(3.0);
    assertThat(Figures.median(List.of(5.0))).isEqualTo(5.0);
  }
}
