package io.taskfleet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.Priority;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {

  @ParameterizedTest
  @ValueSource(strings = {"email", "high", "bulk", "dlt", "high-bulk"})
  void aTopicTellsTypeAndPriorityWhateverTheTypeIsCalled(String type) {
    for (Priority priority : Priority.values()) {
      String topic = Topics.of(type, priority);

      assertThat(Topics.typeOf(topic)).isEqualTo(type);
      assertThat(Topics.priority(topic)).as(topic).isEqualTo(priority);
    }
  }
}
