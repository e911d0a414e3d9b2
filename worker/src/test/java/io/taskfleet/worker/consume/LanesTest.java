package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanesTest {
  private final Window window = new Window(0, 0);
  private final Lanes lanes =
      new Lanes(true, Map.of(Priority.HIGH, 6, Priority.NORMAL, 3, Priority.BULK, 1));
  private long offset;

  @Test
  void oneKeyRunsOneAfterAnotherAndTheOthersBesideIt() {
    InFlight first = add("a", Priority.NORMAL);
    InFlight second = add("a", Priority.NORMAL);
    InFlight other = add("b", Priority.NORMAL);

    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(first);
    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(other);
    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isNull();

    lanes.release(first);
    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(second);
    assertThat(lanes.isEmpty()).isTrue();
  }

  @Test
  void aKeyIsFreeAgainWhenItsLastTaskIsReleased() {
    InFlight first = add("a", Priority.NORMAL);
    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(first);
    lanes.release(first);

    InFlight second = add("a", Priority.NORMAL);

    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(second);
  }

  @Test
  void noKeyOfOneTenantIsThatOfAnother() {
    InFlight running = add("acme\nk", Priority.NORMAL, Task.DEFAULT_TENANT);
    InFlight other = add("k", Priority.NORMAL, "acme");

    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(running);
    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(other);
  }

  @Test
  void permitsAreSharedByWeight() {
    for (Priority priority : Priority.values()) {
      IntStream.range(0, 1_000).forEach(i -> add("k" + i, priority));
    }
    Map<Priority, Integer> started = new EnumMap<>(Priority.class);

    for (int i = 0; i < 1_000; i++) {
      InFlight next = lanes.next(Records.EVERY_PRIORITY, Map.of());
      assertThat(next).isNotNull();
      started.merge(next.priority, 1, Integer::sum);
    }

    assertThat(started)
        .isEqualTo(Map.of(Priority.HIGH, 600, Priority.NORMAL, 300, Priority.BULK, 100));
  }

  @Test
  void aFloodOfOneTenantDelaysNoOther() {
    IntStream.range(0, 1_000).forEach(i -> add("flood" + i, Priority.NORMAL, "flood"));
    List<InFlight> running = new ArrayList<>();
    IntStream.range(0, 64).forEach(_ -> running.add(lanes.next(Records.EVERY_PRIORITY, Map.of())));
    InFlight trickle = add("trickle", Priority.NORMAL, "trickle");

    lanes.ended(running.getFirst());
    lanes.release(running.getFirst());

    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(trickle);
  }

  @Test
  void tenantsShareThePermitsByWeight() {
    IntStream.range(0, 1_000).forEach(i -> add("a" + i, Priority.NORMAL, "a"));
    IntStream.range(0, 1_000).forEach(i -> add("b" + i, Priority.NORMAL, "b"));
    Map<String, Integer> running = new HashMap<>();

    for (int i = 0; i < 64; i++) {
      InFlight next = lanes.next(Records.EVERY_PRIORITY, Map.of("a", 3));
      assertThat(next).isNotNull();
      running.merge(next.requireTask().tenant(), 1, Integer::sum);
    }

    assertThat(running).isEqualTo(Map.of("a", 48, "b", 16));
  }

  @Test
  void withoutOrderTasksOfOneKeyRunSideBySide() {
    Lanes unordered = new Lanes(false, Map.of());
    InFlight first = Records.inFlight(window, 1, "a", Priority.NORMAL);
    InFlight second = Records.inFlight(window, 2, "a", Priority.NORMAL);
    unordered.add(first);
    unordered.add(second);

    assertThat(unordered.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(first);
    assertThat(unordered.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(second);
  }

  @Test
  void whatIsTakenFromBehindAHeadLeavesTheLaneClosed() {
    InFlight head = add("a", Priority.NORMAL);
    InFlight second = add("a", Priority.NORMAL);
    InFlight third = add("a", Priority.NORMAL);
    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(head);

    assertThat(lanes.takeBehind(head)).containsExactly(second, third);
    InFlight fourth = add("a", Priority.NORMAL);
    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isNull();

    lanes.release(head);
    assertThat(lanes.next(Records.EVERY_PRIORITY, Map.of())).isSameAs(fourth);
    assertThat(lanes.isEmpty()).isTrue();
  }

  @Test
  void whatStandsAloneGetsEverything() {
    IntStream.range(0, 10).forEach(i -> add("k" + i, Priority.BULK));

    assertThat(IntStream.range(0, 10).mapToObj(_ -> lanes.next(Records.EVERY_PRIORITY, Map.of())))
        .doesNotContainNull();
  }

  /** Against a model: any schedule of arrivals and endings keeps the order of each key. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void everyScheduleKeepsTheOrderOfEachKeyAndLosesNothing(long seed) {
    Random random = new Random(seed);
    Map<String, List<Long>> arrived = new HashMap<>();
    Map<String, List<Long>> started = new HashMap<>();
    List<InFlight> running = new ArrayList<>();
    for (int step = 0; step < 5_000; step++) {
      int choice = random.nextInt(3);
      if (choice == 0) {
        String key = "k" + random.nextInt(20);
        Priority priority = List.of(Priority.values()).get(random.nextInt(3));
        InFlight added = add(key, priority, "tenant" + key.hashCode() % 3);
        arrived.computeIfAbsent(key + priority, _ -> new ArrayList<>()).add(added.record.offset());
      } else if (choice == 1 && running.size() < 8) {
        start(lanes.next(Records.EVERY_PRIORITY, Map.of()), started, running);
      } else if (!running.isEmpty()) {
        InFlight ended = running.remove(random.nextInt(running.size()));
        lanes.ended(ended);
        lanes.release(ended);
      }
    }
    while (!lanes.isEmpty() || !running.isEmpty()) {
      running.forEach(lanes::release);
      running.clear();
      start(lanes.next(Records.EVERY_PRIORITY, Map.of()), started, running);
    }

    assertThat(started).as("seed %d", seed).isEqualTo(arrived);
  }

  private static void start(
      @Nullable InFlight next, Map<String, List<Long>> started, List<InFlight> running) {
    if (next != null) {
      String lane = next.requireTask().key() + next.priority;
      assertThat(running)
          .as("running beside its own lane")
          .noneMatch(other -> (other.requireTask().key() + other.priority).equals(lane));
      running.add(next);
      started.computeIfAbsent(lane, _ -> new ArrayList<>()).add(next.record.offset());
    }
  }

  private InFlight add(String key, Priority priority) {
    return add(key, priority, Task.DEFAULT_TENANT);
  }

  private InFlight add(String key, Priority priority, String tenant) {
    InFlight taken = Records.inFlight(window, offset++, key, priority, tenant);
    lanes.add(taken);
    return taken;
  }
}
