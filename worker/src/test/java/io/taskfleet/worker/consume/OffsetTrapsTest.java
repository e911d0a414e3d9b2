package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What others who track offsets themselves got wrong, a test each. */
class OffsetTrapsTest {
  private static final TopicPartition PARTITION = new TopicPartition("taskfleet.email", 0);

  private final BackPressure pressure = new BackPressure(1_000_000, Long.MAX_VALUE);
  private final InFlights inFlights = new InFlights(pressure);
  private final Assignment assignment = new Assignment(0);

  OffsetTrapsTest() {
    assignment.add(List.of(PARTITION), Map.of());
  }

  @Test
  void theFirstRecordAfterAResumeIsNotSkippedThoughNothingButAnOffsetWasCommitted() {
    OffsetAndMetadata resumedFrom = new OffsetAndMetadata(42);

    InFlight first = take(resumedFrom.offset());
    InFlight second = take(resumedFrom.offset() + 1);
    finish(second);
    assertThat(due()).isEqualTo(resumedFrom);

    finish(first);
    assertThat(due()).isEqualTo(new OffsetAndMetadata(44));
  }

  @Test
  void anAssignmentWithoutARecordCommitsNothingOverWhatWasCommittedBefore() {
    assertThat(due()).isNull();
  }

  @Test
  void aRevocationBeforeAnyRecordRanCommitsNoneOfThoseThatWereSeen() {
    LongStream.range(10, 20).forEach(this::take);

    assertThat(due()).isEqualTo(new OffsetAndMetadata(10));
  }

  @Test
  void aRevocationCommitsUpToWhatIsFinishedAndNotUpToWhatWasSeen() {
    List<InFlight> taken = LongStream.range(10, 20).mapToObj(this::take).toList();
    taken.subList(0, 3).forEach(this::finish);
    finish(taken.getLast());

    assertThat(due()).isEqualTo(new OffsetAndMetadata(13));
  }

  @Test
  void aCommitHoldsItsOffsetHoweverMuchIsFinishedBeforeItHasEnded() {
    finish(take(5));
    Commit commit = Commit.due(windows());

    finish(take(6));
    assertThat(commit.offsets()).containsEntry(PARTITION, new OffsetAndMetadata(6));
    commit.ended(null);

    assertThat(Commit.due(windows()).offsets()).containsEntry(PARTITION, new OffsetAndMetadata(7));
    assertThat(Commit.due(windows()).isEmpty()).as("twice in a cycle").isTrue();
  }

  @Test
  void whatWasFinishedMeanwhileIsCommittedWithWhatFailedToBe() {
    finish(take(5));
    Commit commit = Commit.due(windows());
    finish(take(6));

    commit.ended(new IllegalStateException("refused"));

    assertThat(due()).isEqualTo(new OffsetAndMetadata(7));
  }

  @Test
  void theLateEndOfAnOlderAssignmentFinishesNoRecordOfTheNext() {
    InFlight before = take(5);
    before.sendOut();
    reassign();
    InFlight after = take(5);

    inFlights.comeBack(before);
    finish(before);

    assertThat(due()).isEqualTo(new OffsetAndMetadata(5));
    assertThat(after.finished).isFalse();
    assertThat(pressure.records()).containsEntry(after.priority, 1);
    finish(after);
    assertThat(due()).isEqualTo(new OffsetAndMetadata(6));
  }

  @Test
  void aRecordIsTakenAgainThoughAnOlderAssignmentFinishedItsOffset() {
    finish(take(5));
    reassign();

    InFlight again = take(5);

    assertThat(again.finished).isFalse();
    assertThat(due()).isEqualTo(new OffsetAndMetadata(5));
  }

  @Test
  void theLateFailureOfACommitOfAnOlderAssignmentChangesNothingInTheNext() {
    finish(take(5));
    Commit commit = Commit.due(windows());
    reassign();
    finish(take(6));
    assertThat(Commit.due(windows()).isEmpty()).isFalse();

    commit.ended(new IllegalStateException("no longer a member"));

    assertThat(due()).isNull();
  }

  @Test
  void anyNumberOfHolesIsCommittedAsOneOffsetWithoutMetadata() {
    List<InFlight> taken =
        new ArrayList<>(LongStream.range(0, 100_000).mapToObj(i -> take(2 * i)).toList());
    InFlight slow = taken.removeFirst();

    for (int i = 0; i < taken.size(); i += 2) {
      finish(taken.get(i));
    }
    assertThat(due()).isEqualTo(new OffsetAndMetadata(0, ""));

    taken.forEach(this::finish);
    assertThat(due()).isEqualTo(new OffsetAndMetadata(0, ""));
    finish(slow);
    assertThat(due()).isEqualTo(new OffsetAndMetadata(199_999, ""));
  }

  private InFlight take(long offset) {
    InFlight example = Records.inFlight(new Window(0, 0), offset);
    return inFlights.take(example.record, assignment.windowOf(example.record));
  }

  private void finish(InFlight taken) {
    inFlights.finish(taken);
  }

  private void reassign() {
    assignment.drop(List.of(PARTITION), inFlights::forget);
    assignment.add(List.of(PARTITION), Map.of());
  }

  private Map<TopicPartition, Window> windows() {
    return Map.of(PARTITION, assignment.windowOf(Records.inFlight(new Window(0, 0), 0).record));
  }

  private @Nullable OffsetAndMetadata due() {
    return windows().values().iterator().next().uncommitted();
  }
}
