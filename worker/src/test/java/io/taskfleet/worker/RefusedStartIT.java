package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.wire.Topics;
import org.junit.jupiter.api.Test;

/** A worker that would lose tasks does not start. */
class RefusedStartIT {

  @Test
  void namesTheDeadLetterTopicThatIsSmallerThanItsSource() {
    String bootstrap = SharedLocalStack.get().kafkaBootstrap();
    String topic = Topics.deadLetter(BuiltInTypes.EMAIL.name());
    Groundwork.createTopics(bootstrap, 3, BuiltInTypes.EMAIL.name());
    try (TestFleet fleet =
        new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("refused"))) {
      fleet.topics.configure(topic, "max.message.bytes", "1000000");
      try {
        assertThatThrownBy(() -> fleet.startWorker("taskfleet.worker.types=email"))
            .hasStackTraceContaining(topic + ": max.message.bytes is 1000000");
      } finally {
        fleet.topics.configure(topic, "max.message.bytes", "2621440");
      }
    }
  }
}
