package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowTest {
  private final Window window = new Window(0, 0);

  @Test
  void hasNothingToCommitBeforeARecordWasTaken() {
    assertThat(window.uncommitted()).isNull();
  }

  @Test
  void commitsNothingAboveTheLowestUnfinishedRecord() {
    InFlight first = take(10);
    InFlight second = take(11);

    window.finish(second);
    assertThat(offset()).isEqualTo(10);

    window.finish(first);
    assertThat(offset()).isEqualTo(12);
  }

  @Test
  void suspectsRecordsThatWereThereBeforeTheAssignmentUpToWhatCanHaveBeenInFlight() {
    Window assigned = new Window(2, 12);

    assertThat(assigned.takeSuspect(12)).as("came after the assignment").isFalse();
    assertThat(assigned.takeSuspect(10)).isTrue();
    assertThat(assigned.mayBeSuspect(11)).isTrue();
    assertThat(assigned.takeSuspect(11)).isTrue();
    assertThat(assigned.mayBeSuspect(11)).as("more than can have been in flight").isFalse();
  }

  @Test
  void spansFromTheLowestUnfinishedToTheHighestTaken() {
    assertThat(window.span()).isZero();
    InFlight first = take(10);
    InFlight second = take(20);
    assertThat(window.span()).isEqualTo(11);

    window.finish(first);
    assertThat(window.span()).isEqualTo(1);

    window.finish(second);
    assertThat(window.span()).isZero();
  }

  @Test
  void theOldestThatWaitsIsTheLowestThatIsNotOut() {
    assertThat(window.oldestWaiting()).isEqualTo(Long.MAX_VALUE);
    take(10).sendOut();
    assertThat(window.oldestWaiting()).isEqualTo(Long.MAX_VALUE);

    InFlight waiting = take(11);

    assertThat(window.oldestWaiting()).isEqualTo(waiting.record.timestamp());
  }

  @Test
  void committedOffsetsAreNotDueAgainUntilTheCommitFails() {
    window.finish(take(5));
    TopicPartition partition = new TopicPartition("t", 0);

    Commit commit = Commit.due(Map.of(partition, window));
    assertThat(commit.offsets()).containsEntry(partition, new OffsetAndMetadata(6));
    assertThat(Commit.due(Map.of(partition, window)).isEmpty()).isTrue();

    commit.ended(new IllegalStateException("refused"));
    assertThat(offset()).isEqualTo(6);
  }

  @Test
  void finishingTwiceSkipsNothing() {
    InFlight first = take(10);
    InFlight second = take(11);
    take(12);

    window.finish(second);
    window.finish(second);
    assertThat(offset()).isEqualTo(10);

    window.finish(first);
    window.finish(first);
    window.finish(second);
    assertThat(offset()).isEqualTo(12);
  }

  @Test
  void refusesOffsetsThatGoBack() {
    InFlight first = take(5);

    assertThatIllegalStateException().isThrownBy(() -> take(5));
    assertThat(offset()).isEqualTo(first.record.offset());
  }

  @Test
  void dropsWhatIsUnfinishedAndNothingElse() {
    InFlight finished = take(1);
    InFlight unfinished = take(2);
    window.finish(finished);
    List<InFlight> dropped = new ArrayList<>();

    window.drop(dropped::add);

    assertThat(dropped).containsExactly(unfinished);
    assertThat(unfinished.dropped).isTrue();
    assertThat(finished.dropped).isFalse();
  }

  /** Against a model: a sorted map of what is unfinished. Any gaps, any order of completion. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void neverCommitsPastTheLowestUnfinishedOffset(long seed) {
    Random random = new Random(seed);
    TreeMap<Long, InFlight> unfinished = new TreeMap<>();
    long next = random.nextInt(1_000);
    long afterHighest = -1;
    for (int step = 0; step < 10_000; step++) {
      if (unfinished.isEmpty() || random.nextInt(100) < 52) {
        next += random.nextInt(10) == 0 ? 1 + random.nextInt(50) : 0;
        unfinished.put(next, take(next));
        next++;
        afterHighest = next;
      } else {
        Long somewhere = unfinished.floorKey(unfinished.firstKey() + random.nextInt(200));
        window.finish(Objects.requireNonNull(unfinished.remove(somewhere)));
      }
      long expected = unfinished.isEmpty() ? afterHighest : unfinished.firstKey();
      assertThat(offset()).as("seed %d step %d", seed, step).isEqualTo(expected);
    }
  }

  private InFlight take(long offset) {
    InFlight taken = Records.inFlight(window, offset);
    window.add(taken);
    return taken;
  }

  private @Nullable Long offset() {
    OffsetAndMetadata due = window.uncommitted();
    return due == null ? null : due.offset();
  }
}
