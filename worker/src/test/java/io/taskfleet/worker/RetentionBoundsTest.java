package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.worker.retention.Retention;
import io.taskfleet.worker.retention.RetentionProperties;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** How long has to be known at least what has ended. */
class RetentionBoundsTest {

  @ParameterizedTest
  @CsvSource({
    "retention.ended=13d, taskfleet.topics.retention",
    "topics.retention=24d, taskfleet.topics.retention",
    "worker.status-time-to-live=31d, taskfleet.worker.status-time-to-live"
  })
  void whatIsShorterStopsTheWorker(String setting, String named) {
    assertThatThrownBy(() -> retention(setting))
        .hasMessageStartingWith("taskfleet.retention.ended must be 0 or at least PT")
        .hasMessageContaining(named);
  }

  @ParameterizedTest
  @CsvSource({
    "retention.ended=14d",
    "'retention.ended=0,topics.retention=400d'",
    "'retention.ended=8d,topics.retention=1d'"
  })
  void whatIsNotWorks(String settings) {
    assertThat(retention(settings)).isNotNull();
  }

  private static Retention retention(String settings) {
    Map<String, String> properties =
        Arrays.stream(settings.split(",", -1))
            .map(each -> each.split("=", 2))
            .collect(Collectors.toMap(each -> "taskfleet." + each[0], each -> each[1]));
    Binder binder = new Binder(new MapConfigurationPropertySource(properties));
    return new WorkerConfiguration()
        .retention(
            new DriverManagerDataSource(),
            binder.bindOrCreate("taskfleet.retention", RetentionProperties.class),
            binder.bindOrCreate("taskfleet.topics", TopicsProperties.class),
            binder.bindOrCreate("taskfleet.worker", EngineProperties.class));
  }
}
