package io.taskfleet.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicLayoutTest {
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration MONTH = Duration.ofDays(30);

  @Test
  void describesEveryTopicOfAType() {
    assertThat(topics(3))
        .containsOnlyKeys(
            "taskfleet.email",
            "taskfleet.email.high",
            "taskfleet.email.bulk",
            "taskfleet.email.dlt",
            "taskfleet.events");
  }

  @Test
  void givesDeadLettersTheSamePartitionsTwiceTheSizeAndLongerLife() {
    NewTopic source = topic("taskfleet.email");
    NewTopic dead = topic("taskfleet.email.dlt");

    assertThat(dead.numPartitions()).isEqualTo(source.numPartitions()).isEqualTo(12);
    assertThat(number(dead, "max.message.bytes"))
        .isEqualTo(2 * number(source, "max.message.bytes"));
    assertThat(number(source, "retention.ms")).isEqualTo(WEEK.toMillis());
    assertThat(number(dead, "retention.ms")).isEqualTo(MONTH.toMillis());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "12, 3"})
  void givesEventsFewPartitions(int partitions, int expected) {
    assertThat(new TopicLayout(partitions, 1, WEEK, MONTH).topics(List.of()))
        .singleElement()
        .satisfies(events -> assertThat(events.name()).isEqualTo("taskfleet.events"))
        .satisfies(events -> assertThat(events.numPartitions()).isEqualTo(expected));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 2", "5, 4"})
  void letsOneBrokerBeDown(int replication, long inSync) {
    assertThat(topics(replication).values())
        .allSatisfy(topic -> assertThat(number(topic, "min.insync.replicas")).isEqualTo(inSync));
  }

  @Test
  void refusesWhatNoBrokerCanMake() {
    assertThatThrownBy(() -> new TopicLayout(0, 1, WEEK, MONTH)).hasMessageContaining("partitions");
    assertThatThrownBy(() -> new TopicLayout(1, 0, WEEK, MONTH))
        .hasMessageContaining("replication");
    assertThatThrownBy(() -> new TopicLayout(1, 1, Duration.ZERO, MONTH))
        .hasMessageContaining("retention");
  }

  private static Map<String, NewTopic> topics(int replication) {
    return new TopicLayout(12, replication, WEEK, MONTH)
        .topics(List.of("email")).stream()
            .collect(Collectors.toMap(NewTopic::name, Function.identity()));
  }

  private static NewTopic topic(String name) {
    return topics(1).values().stream()
        .filter(topic -> topic.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static long number(NewTopic topic, String setting) {
    return Long.parseLong(topic.configs().get(setting));
  }
}
