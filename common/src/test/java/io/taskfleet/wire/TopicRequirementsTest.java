package io.taskfleet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicRequirementsTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final TopicRequirements requirements = TopicRequirements.of(List.of("email"), DAY);

  @Test
  void takesWhatTheFleetCreates() {
    assertThat(requirements.misfits(created())).isEmpty();
  }

  @Test
  void takesWhatIsNotThereOrKeptForEver() {
    Map<String, Config> some = new HashMap<>(created());
    some.remove("taskfleet.email.dlt");
    some.computeIfPresent("taskfleet.email", (_, config) -> with(config, "retention.ms", "-1"));

    assertThat(requirements.misfits(some)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "taskfleet.email, cleanup.policy, compact",
    "taskfleet.email.bulk, cleanup.policy, 'compact,delete'",
    "taskfleet.email.dlt, cleanup.policy, compact",
    "taskfleet.events, cleanup.policy, compact",
    "taskfleet.email.high, retention.ms, 86399999",
    "taskfleet.email.dlt, max.message.bytes, 1310719"
  })
  void namesTheTopicAndTheSettingThatLoseTasks(String topic, String setting, String value) {
    Map<String, Config> changed = new HashMap<>(created());
    changed.computeIfPresent(topic, (_, config) -> with(config, setting, value));

    assertThat(requirements.misfits(changed))
        .isNotEmpty()
        .allSatisfy(
            misfit -> assertThat(misfit).startsWith(topic + ": " + setting + " is " + value));
  }

  private static Map<String, Config> created() {
    return new TopicLayout(3, 1, DAY, DAY)
        .topics(List.of("email")).stream()
            .collect(
                Collectors.toMap(
                    NewTopic::name,
                    topic ->
                        new Config(
                            topic.configs().entrySet().stream()
                                .map(each -> new ConfigEntry(each.getKey(), each.getValue()))
                                .toList())));
  }

  private static Config with(Config config, String name, String value) {
    Map<String, ConfigEntry> entries = new HashMap<>();
    config.entries().forEach(each -> entries.put(each.name(), each));
    entries.put(name, new ConfigEntry(name, value));
    return new Config(entries.values());
  }
}
