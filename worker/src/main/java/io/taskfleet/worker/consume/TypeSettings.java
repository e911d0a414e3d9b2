package io.taskfleet.worker.consume;

import io.taskfleet.task.Priority;
import java.time.Duration;
import java.util.Map;

/**
 * How one worker takes tasks of one type.
 *
 * @param ordering how far tasks of one key keep their order
 * @param concurrency attempts at once
 * @param attemptTimeout how long one attempt may last
 * @param maxInFlight records of one priority taken and not finished; above this its partitions
 *     pause
 * @param maxInFlightBytes the same in bytes of keys and values
 * @param weights shares of free permits by priority
 * @param commitInterval how often offsets are committed
 * @param revokeGrace how long a rebalance waits for attempts on partitions that move away
 */
public record TypeSettings(
    Ordering ordering,
    int concurrency,
    Duration attemptTimeout,
    int maxInFlight,
    long maxInFlightBytes,
    Map<Priority, Integer> weights,
    Duration commitInterval,
    Duration revokeGrace) {}
