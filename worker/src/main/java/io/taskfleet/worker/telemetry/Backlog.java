package io.taskfleet.worker.telemetry;

import io.taskfleet.task.Priority;
import java.util.Map;

/**
 * What waited on a loop's partitions at its last tick.
 *
 * @param lag records not taken yet, as far as the broker had told with what was fetched last
 * @param widest the largest span of a window, in offsets
 * @param oldestWaiting when the oldest task that was taken and waits came to its topic, in
 *     milliseconds since 1970; {@link Long#MAX_VALUE} if none waits
 */
public record Backlog(Map<Priority, Long> lag, long widest, long oldestWaiting) {
  /** Before the first tick. */
  public static final Backlog NONE = new Backlog(Map.of(), 0, Long.MAX_VALUE);

  /** Records not taken yet, of all priorities. */
  public long lagInAll() {
    return lag.values().stream().mapToLong(Long::longValue).sum();
  }
}
