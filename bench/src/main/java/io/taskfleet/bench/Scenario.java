package io.taskfleet.bench;

import io.taskfleet.standalone.UsageException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be measured. */
enum Scenario {
  /** How fast a backlog of tasks that do nothing goes away. */
  DRAIN(200_000, 300_000),

  /** The same with tasks that wait. */
  WAIT(100_000, 100_000),

  /** How fast the gateway accepts. */
  ENQUEUE(50_000, 150_000),

  /** How soon a task starts, and its result can be read, when there is little to do. */
  LATENCY(4_000, 60_000),

  /** How soon urgent tasks start among many others, some of which fail or are slow. */
  MIXED(100_000, 50_000);

  private final int tasks;
  private final int warmUp;

  Scenario(int tasks, int warmUp) {
    this.tasks = tasks;
    this.warmUp = warmUp;
  }

  /** How many tasks one run takes unless told otherwise. */
  int tasks() {
    return tasks;
  }

  /** How many tasks come before the first run unless told otherwise. */
  int warmUp() {
    return warmUp;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Scenario of(String label) {
    return Arrays.stream(values())
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "There is no benchmark %s, but %s"
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(Scenario::label)
                                .collect(Collectors.joining(", ")))));
  }
}
