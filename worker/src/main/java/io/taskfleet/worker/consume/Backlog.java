package io.taskfleet.worker.consume;

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
record Backlog(Map<Priority, Long> lag, long widest, long oldestWaiting) {
  static final Backlog NONE = new Backlog(Map.of(), 0, Long.MAX_VALUE);

  long lagInAll() {
    return lag.values().stream().mapToLong(Long::longValue).sum();
  }
}
