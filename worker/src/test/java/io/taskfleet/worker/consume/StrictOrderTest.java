package io.taskfleet.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against a model of everything around the lanes: a topic, a table, a ledger that commits late, a
 * timer, a partition that is lost and comes back while attempts run on, and workers that die and
 * leave their unfinished records to the next.
 */
class StrictOrderTest {
  private static final int TASKS = 400;

  /** The row of a task; no row while it has only been delivered. */
  private enum Row {
    DUE,
    PARKED,
    PUBLISHED,
    DONE
  }

  private record Recorded(InFlight task, Row row) {}

  /** A record: the task of this position, put on the topic for the so-manyth time. */
  private record Delivery(long position, int number) {}

  private final Map<Long, String> keys = new HashMap<>();
  private final TreeMap<Long, Row> rows = new TreeMap<>();
  private final Map<Long, Integer> recordedDelivery = new HashMap<>();
  private final List<Delivery> undelivered = new ArrayList<>();
  private final List<Delivery> twins = new ArrayList<>();
  private final List<Long> finishedFirst = new ArrayList<>();
  private final ArrayDeque<Recorded> ledger = new ArrayDeque<>();
  private final List<InFlight> running = new ArrayList<>();
  private final List<InFlight> unfinished = new ArrayList<>();
  private Lanes lanes = new Lanes(true, Map.of());
  private StrictOrder order = new StrictOrder(lanes, this::park);
  private Window window = new Window(0, 0);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
  void noTaskRunsBeforeTheOneBeforeItInItsKeyHasEnded(long seed) {
    Random random = new Random(seed);
    for (long position = 0; position < TASKS; position++) {
      keys.put(position, "k" + random.nextInt(6));
      undelivered.add(new Delivery(position, 1));
    }
    for (int step = 0; step < 200_000 && !isOver(); step++) {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> deliver();
        case 3, 4, 5 -> start(seed);
        case 6, 7, 8 -> end(random);
        case 9 -> commit(random.nextInt(4));
        case 10 -> wake(random);
        default -> disturb(random.nextInt(100));
      }
    }

    assertThat(isOver()).as("all done, seed %d", seed).isTrue();
    assertThat(finishedFirst).as("each once, seed %d", seed).doesNotHaveDuplicates().hasSize(TASKS);
  }

  private void disturb(int dice) {
    if (dice == 0) {
      die();
    } else if (dice < 4) {
      lose();
    } else if (dice < 30) {
      undelivered.addAll(0, twins);
      twins.clear();
    }
  }

  private boolean isOver() {
    return rows.size() == TASKS && rows.values().stream().allMatch(row -> row == Row.DONE);
  }

  private void deliver() {
    if (undelivered.isEmpty()) {
      return;
    }
    Delivery next = undelivered.removeFirst();
    long position = next.position;
    if (isOutForALostPartition(position)) {
      twins.add(next);
      return;
    }
    if (next.number <= recordedDelivery.getOrDefault(position, 0)) {
      return;
    }
    InFlight task = Records.inFlight(window, position, key(position), Priority.NORMAL);
    task.attempt = next.number;
    unfinished.add(task);
    if (isBehind(position) && !lanes.isTaken(task)) {
      lanes.close(task);
      order.close(task);
      park(task);
    } else {
      task.behind = isBehind(position);
      lanes.add(task);
    }
  }

  private boolean isOutForALostPartition(long position) {
    return Stream.concat(running.stream(), ledger.stream().map(Recorded::task))
        .anyMatch(task -> task.dropped && task.record.offset() == position);
  }

  private boolean isBehind(long position) {
    return rows.headMap(position).entrySet().stream()
        .anyMatch(row -> row.getValue() != Row.DONE && key(row.getKey()).equals(key(position)));
  }

  private void start(long seed) {
    InFlight next = lanes.next(Records.EVERY_PRIORITY, Map.of());
    if (next != null && next.dropped) {
      lanes.ended(next);
      lanes.release(next);
    } else if (next != null && next.behind) {
      lanes.ended(next);
      order.close(next);
      park(next);
    } else if (next != null) {
      long position = next.record.offset();
      assertThat(keys.keySet())
          .as("ended before %d starts, seed %d", position, seed)
          .filteredOn(other -> other < position && key(other).equals(key(position)))
          .allMatch(other -> rows.get(other) == Row.DONE || isAboutToEnd(other));
      running.add(next);
    }
  }

  /** Its attempt has succeeded and the ledger has it. */
  private boolean isAboutToEnd(long position) {
    return ledger.stream()
        .anyMatch(each -> each.task.record.offset() == position && each.row == Row.DONE);
  }

  private void end(Random random) {
    if (running.isEmpty()) {
      return;
    }
    InFlight task = running.remove(random.nextInt(running.size()));
    lanes.ended(task);
    if (random.nextInt(3) == 0) {
      order.close(task);
      ledger.add(new Recorded(task, Row.DUE));
    } else {
      lanes.release(task);
      ledger.add(new Recorded(task, Row.DONE));
    }
  }

  private void park(InFlight task) {
    ledger.add(new Recorded(task, Row.PARKED));
  }

  private void commit(int most) {
    List<InFlight> recorded = new ArrayList<>();
    for (int i = 0; i <= most && !ledger.isEmpty(); i++) {
      Recorded next = ledger.remove();
      long position = next.task.record.offset();
      if (next.task.attempt > recordedDelivery.getOrDefault(position, 0)) {
        recordedDelivery.put(position, next.task.attempt);
        rows.put(position, next.row);
        if (next.row == Row.DONE) {
          finishedFirst.add(position);
        }
        giveTurn(key(position));
      }
      recorded.add(next.task);
    }
    for (InFlight task : recorded) {
      unfinished.remove(task);
      order.recorded(task);
    }
  }

  /** What the ledger's statement does: the first that is left of a key is due if it was parked. */
  private void giveTurn(String key) {
    rows.entrySet().stream()
        .filter(row -> row.getValue() != Row.DONE && key(row.getKey()).equals(key))
        .findFirst()
        .filter(row -> row.getValue() == Row.PARKED)
        .ifPresent(row -> rows.put(row.getKey(), Row.DUE));
  }

  private void wake(Random random) {
    List<Long> due =
        rows.entrySet().stream()
            .filter(row -> row.getValue() == Row.DUE)
            .map(Map.Entry::getKey)
            .toList();
    if (!due.isEmpty()) {
      long chosen = due.get(random.nextInt(due.size()));
      rows.put(chosen, Row.PUBLISHED);
      undelivered.add(
          random.nextInt(undelivered.size() + 1),
          new Delivery(chosen, recordedDelivery.getOrDefault(chosen, 0) + 1));
    }
  }

  /** What runs or is with the ledger goes on; all that is unfinished is delivered again. */
  private void lose() {
    unfinished.forEach(task -> task.dropped = true);
    deliverAgain();
  }

  private void die() {
    deliverAgain();
    running.clear();
    ledger.clear();
    lanes = new Lanes(true, Map.of());
    order = new StrictOrder(lanes, this::park);
    window = new Window(0, 0);
  }

  /** Whatever was not recorded, in order, before anything else. */
  private void deliverAgain() {
    List<Delivery> again =
        Stream.concat(
                unfinished.stream().map(task -> new Delivery(task.record.offset(), task.attempt)),
                twins.stream())
            .sorted(Comparator.comparingLong(Delivery::position).thenComparingInt(Delivery::number))
            .toList();
    undelivered.addAll(0, again);
    unfinished.clear();
    twins.clear();
  }

  private String key(long position) {
    return keys.getOrDefault(position, "");
  }
}
