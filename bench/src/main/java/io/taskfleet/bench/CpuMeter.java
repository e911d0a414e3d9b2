package io.taskfleet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Reads the processor time of processes and all their descendants. On Linux that includes
 * descendants that have ended, such as a Postgres backend whose client is gone; elsewhere not.
 */
final class CpuMeter {
  // Of /proc/<pid>/stat, counted after the name; see proc_pid_stat(5).
  private static final int CHILDREN_USER = 13;
  private static final int CHILDREN_SYSTEM = 14;

  // What the kernel tells user space, whatever its own clock does.
  private static final Duration TICK = Duration.ofMillis(10);

  private final Map<ProcessKind, ProcessHandle> roots = new ConcurrentHashMap<>();

  void watch(ProcessKind kind, ProcessHandle root) {
    roots.put(kind, root);
  }

  CpuReading read() {
    Map<ProcessKind, Duration> times = new EnumMap<>(ProcessKind.class);
    roots.forEach((kind, root) -> times.put(kind, treeTime(root)));
    return new CpuReading(times, MachineTime.read());
  }

  private static Duration treeTime(ProcessHandle root) {
    return Stream.concat(Stream.of(root), root.descendants())
        .map(each -> ownTime(each).plus(timeOfBuriedChildren(each)))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Duration ownTime(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static Duration timeOfBuriedChildren(ProcessHandle process) {
    Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
    try {
      String text = Files.readString(stat);
      List<String> fields =
          List.of(text.substring(text.lastIndexOf(')') + 2).strip().split(" ", -1));
      return TICK.multipliedBy(
          Long.parseLong(fields.get(CHILDREN_USER)) + Long.parseLong(fields.get(CHILDREN_SYSTEM)));
    } catch (IOException notLinuxOrJustEnded) {
      return Duration.ZERO;
    }
  }
}
