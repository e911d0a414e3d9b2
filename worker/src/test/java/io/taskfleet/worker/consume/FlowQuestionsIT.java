package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.worker.fleet.QueueControl;
import io.taskfleet.worker.intake.Intake;
import io.taskfleet.worker.telemetry.Activity;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that come, leave and end while Postgres has been asked about them. */
class FlowQuestionsIT {
  private static final int MAX_IN_FLIGHT = 100;
  private static final FlowFixture FIXTURE =
      new FlowFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("flow_questions"));

  private final ConsumerRecord<byte[], byte @Nullable []> first = FlowRecords.record(0, 0, "key");
  private final TopicPartition partition = new TopicPartition(first.topic(), 0);

  /** What Postgres has been asked and has not answered. */
  private final Queue<Runnable> questions = new ArrayDeque<>();

  private final HandFedFlow slow =
      FIXTURE.flow(
          8, MAX_IN_FLIGHT, 0, () -> QueueControl.NONE, Intake.Knowing.ALL, questions::add);

  @AfterAll
  static void close() {
    FIXTURE.close();
  }

  @BeforeEach
  void assign() {
    slow.assign(partition);
  }

  @Test
  void attemptsStartWhilePostgresIsAskedAboutOthers() {
    InFlight running = slow.poll(first);
    answer();
    InFlight next = slow.poll(FlowRecords.record(0, 1, "key"));
    answer();

    InFlight unanswered = slow.poll(FlowRecords.record(0, 2, "other"));
    slow.end(running, Inbox.Next.END);

    assertThat(next.out).isTrue();
    assertThat(unanswered.out).isFalse();
    assertThat(slow.flow.isIdle()).as("would wait in Kafka for an answer").isFalse();
    assertThat(slow.flow.activity().pauses()).isEmpty();
    answer();
    assertThat(unanswered.out).isTrue();
  }

  @Test
  void aDuplicateDoesNotRunWhoseTwinEndsWhilePostgresIsAskedAboutIt() throws Exception {
    InFlight running = slow.poll(first);
    answer();
    assertThat(running.out).isTrue();

    List<InFlight> later =
        slow.poll(
            List.of(
                FlowRecords.record(0, 1, "before"),
                FlowRecords.again(first, 2),
                FlowRecords.record(0, 3, "behind")));
    questions.remove().run();
    slow.flow.takeBack(new Inbox.Returned.AttemptEnded(running, Inbox.Next.END));
    FIXTURE.recordSucceeded(running);
    slow.flow.takeBack(new Inbox.Returned.Finished(running));
    slow.turn();

    assertThat(later.stream().map(task -> task.out).toList()).containsExactly(true, false, false);
    answer();
    assertThat(later.get(1).finished).as("a duplicate").isTrue();
    assertThat(later.get(2).out).isTrue();
    assertThat(questions).isEmpty();
  }

  @Test
  void aTaskIsNotStartedThatIsCancelledWhilePostgresIsAskedAboutIt() throws Exception {
    InFlight asked = slow.poll(first);
    questions.remove().run();

    FIXTURE.recordCancelled(asked);
    slow.flow.takeBack(new Inbox.Returned.Cancelled(List.of(FlowFixture.idOf(asked))));
    slow.turn();

    answer();
    assertThat(asked.out).isFalse();
    assertThat(asked.finished).as("its end is known").isTrue();
  }

  @Test
  void pollingGoesOnWhenNobodyAnswersLestThePartitionsAreTakenAway() {
    HandFedFlow away = FIXTURE.flowWithoutPostgres(2_000, questions::add);
    away.assign(partition);
    var _ = away.poll(first);
    away.poll(
        LongStream.range(1, 1_200).mapToObj(i -> FlowRecords.record(0, i, "key" + i)).toList());
    assertThat(away.flow.isBehind()).as("while an answer may come").isTrue();

    questions.remove().run();
    away.turn();

    assertThat(away.flow.activity().pauses()).containsExactly(Activity.Pause.INTAKE);
    assertThat(away.flow.isBehind()).isFalse();
  }

  @Test
  void whatIsAskedAboutWhenItsPartitionIsLostDoesNotRun() {
    InFlight lost = slow.poll(first);

    slow.lose(partition);
    answer();

    assertThat(lost.out).isFalse();
    assertThat(slow.inFlight()).isZero();
    assertThat(slow.flow.isIdle()).isTrue();
  }

  @Test
  void whatIsAskedAboutWhenItsPartitionLeavesDoesNotRun() {
    InFlight asked = slow.poll(first);

    slow.leave(partition);
    answer();

    assertThat(asked.out).isFalse();
    assertThat(slow.due(first)).isZero();
    slow.lose(partition);
    assertThat(slow.inFlight()).isZero();
    assertThat(slow.flow.isIdle()).isTrue();
  }

  /** Postgres answers the question that waits longest. */
  private void answer() {
    questions.remove().run();
    slow.turn();
  }
}
