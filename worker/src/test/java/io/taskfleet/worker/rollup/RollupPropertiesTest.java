package io.taskfleet.worker.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class RollupPropertiesTest {
  private final ApplicationContextRunner worker =
      new ApplicationContextRunner().withUserConfiguration(Configured.class);

  @EnableConfigurationProperties(RollupProperties.class)
  static class Configured {}

  @ParameterizedTest
  @CsvSource({
    "fold-interval=0s, taskfleet.worker.analytics.fold-interval",
    "fold-events=0, taskfleet.worker.analytics",
    "values-per-bucket=0, taskfleet.worker.analytics",
    "late-by=-1s, taskfleet.worker.analytics.late-by",
    "late-by=31d, taskfleet.worker.analytics.late-by must be less than taskfleet.worker.analytics.keep.minutes",
    "keep.minutes=500d, taskfleet.worker.analytics.keep.minutes must be at most keep.hours",
    "keep.hours=2000d, taskfleet.worker.analytics.keep.minutes must be at most keep.hours",
    "'group-by=plan,plan', taskfleet.worker.analytics.group-by",
    "'group-by-of[order.sent]=plan,plan', taskfleet.worker.analytics.group-by-of[order.sent]",
    "'group-by[0]=', taskfleet.worker.analytics.group-by"
  })
  void whatCannotWorkStopsTheWorkerWithItsName(String setting, String message) {
    worker
        .withPropertyValues("taskfleet.worker.analytics." + setting)
        .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
  }

  @Test
  void namesWithoutPropertiesOfTheirOwnHaveThoseOfAll() {
    worker
        .withPropertyValues(
            "taskfleet.worker.analytics.group-by-of[order.sent]=plan,country",
            "taskfleet.worker.analytics.group-by-of[silent]=",
            "taskfleet.worker.analytics.group-by=browser")
        .run(
            context -> {
              RollupProperties properties = context.getBean(RollupProperties.class);
              assertThat(properties.groupBy("order.sent")).containsExactly("plan", "country");
              assertThat(properties.groupBy("silent")).isEmpty();
              assertThat(properties.groupBy("page.viewed")).isEqualTo(List.of("browser"));
              assertThat(properties.properties()).containsExactly("browser", "country", "plan");
            });
  }
}
