package io.taskfleet.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What became of the time of all processors, in ticks of the kernel; nothing where the system does
 * not tell.
 *
 * @param busy when something ran
 * @param stolen when something was to run, and the host of the virtual machine ran something else
 */
record MachineTime(long busy, long stolen) {
  static final MachineTime NONE = new MachineTime(0, 0);

  private static final Path STAT = Path.of("/proc/stat");
  // Of the first line, counted after its name; see proc_stat(5).
  private static final int IDLE = 3;
  private static final int WAITING = 4;
  private static final int STOLEN = 7;
  private static final double PERCENT = 100;

  static MachineTime read() {
    try {
      return parse(Files.readString(STAT).lines().findFirst().orElse(""));
    } catch (IOException notLinux) {
      return NONE;
    }
  }

  /** Reads a line such as {@code cpu 10 0 5 100 2 0 1 3 0 0}. */
  static MachineTime parse(String line) {
    long[] ticks =
        Arrays.stream(line.strip().split(" +", -1)).skip(1).mapToLong(Long::parseLong).toArray();
    if (ticks.length <= STOLEN) {
      return NONE;
    }
    // Times of guests, which follow, are part of the first two.
    long all = Arrays.stream(ticks, 0, STOLEN + 1).sum();
    return new MachineTime(all - ticks[IDLE] - ticks[WAITING] - ticks[STOLEN], ticks[STOLEN]);
  }

  MachineTime since(MachineTime earlier) {
    return new MachineTime(busy - earlier.busy, stolen - earlier.stolen);
  }

  /** Of the time in which something was to run, the part that was stolen. */
  double stolenPercent() {
    return stolen == 0 ? 0 : PERCENT * stolen / (busy + stolen);
  }
}
