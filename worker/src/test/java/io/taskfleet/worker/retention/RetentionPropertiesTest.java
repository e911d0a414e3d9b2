package io.taskfleet.worker.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class RetentionPropertiesTest {
  private final ApplicationContextRunner worker =
      new ApplicationContextRunner().withUserConfiguration(Configured.class);

  @EnableConfigurationProperties(RetentionProperties.class)
  static class Configured {}

  @ParameterizedTest
  @CsvSource({
    "ended=-1s, taskfleet.retention.ended must be at most 36500 days",
    "ended=36501d, taskfleet.retention.ended must be at most 36500 days",
    "dead=-1s, taskfleet.retention.dead must be at most 36500 days",
    "dead=29d, taskfleet.retention.dead must be 0 or at least taskfleet.retention.ended",
    "ended=91d, taskfleet.retention.dead must be 0 or at least taskfleet.retention.ended"
  })
  void whatCannotWorkStopsTheWorkerWithItsName(String setting, String message) {
    worker
        .withPropertyValues("taskfleet.retention." + setting)
        .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
  }

  @Test
  void nothingNeedBeSaid() {
    worker.run(
        context ->
            assertThat(context.getBean(RetentionProperties.class))
                .isEqualTo(new RetentionProperties(Duration.ofDays(30), Duration.ofDays(90))));
  }

  @ParameterizedTest
  @CsvSource({"ended=0", "dead=0", "'ended=14d,dead=14d'"})
  void whatWorks(String settings) {
    worker
        .withPropertyValues(settings.replaceAll("(^|,)", "$1taskfleet.retention.").split(",", -1))
        .run(context -> assertThat(context).hasNotFailed());
  }
}
