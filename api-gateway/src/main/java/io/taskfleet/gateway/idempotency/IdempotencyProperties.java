package io.taskfleet.gateway.idempotency;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What is remembered of requests with a key.
 *
 * @param keep how long an answer is repeated from memory
 * @param lease how long a request whose gateway has died holds its key
 * @param largestAnswer longer answers are made again
 * @param memory what this gateway keeps itself at most
 * @param writesUnderWay bytes of answers on their way to Redis at most; more are not written
 */
@ConfigurationProperties("taskfleet.idempotency")
record IdempotencyProperties(
    @DefaultValue("24h") Duration keep,
    @DefaultValue("5s") Duration lease,
    @DefaultValue("64KB") DataSize largestAnswer,
    @DefaultValue("16MB") DataSize memory,
    @DefaultValue("16MB") DataSize writesUnderWay) {
  // Longer than any submission takes: a request that is still at work must hold its key.
  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(3);
  private static final DataSize LARGEST_ANSWER = DataSize.ofMegabytes(1);

  IdempotencyProperties {
    if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(keep) > 0) {
      throw new IllegalArgumentException(
          "taskfleet.idempotency.lease must be at least "
              + SHORTEST_LEASE
              + " and at most taskfleet.idempotency.keep");
    }
    if (largestAnswer.isNegative() || largestAnswer.compareTo(LARGEST_ANSWER) > 0) {
      throw new IllegalArgumentException(
          "taskfleet.idempotency.largest-answer must be at most " + LARGEST_ANSWER);
    }
    if (memory.isNegative() || writesUnderWay.isNegative()) {
      throw new IllegalArgumentException(
          "taskfleet.idempotency.memory and taskfleet.idempotency.writes-under-way must not be"
              + " negative");
    }
  }
}
