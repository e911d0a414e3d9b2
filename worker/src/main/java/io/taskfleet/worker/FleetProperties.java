package io.taskfleet.worker;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this worker keeps in touch with its fleet.
 *
 * @param controlsInterval how often Postgres is asked what operators have set
 * @param redisPatience for a connection to Redis and for each of its answers
 * @param lease how long this worker's part of a fleet-wide cap is kept for it without renewal; the
 *     same in all workers
 * @param renewInterval how often it is renewed; at most an eighth of the lease
 * @param heartbeatInterval how often this worker says that it lives
 * @param heartbeatTimeToLive how long it counts as living after that
 */
@ConfigurationProperties("taskfleet.fleet")
record FleetProperties(
    @DefaultValue("1s") Duration controlsInterval,
    @DefaultValue("500ms") Duration redisPatience,
    @DefaultValue("5s") Duration lease,
    @DefaultValue("500ms") Duration renewInterval,
    @DefaultValue("5s") Duration heartbeatInterval,
    @DefaultValue("15s") Duration heartbeatTimeToLive) {

  /** Others are taken to have renewed theirs within an eighth; see {@code fleet.Lease}. */
  private static final int RENEWALS = 8;

  FleetProperties {
    requireMillis(controlsInterval, "controls-interval");
    requireMillis(redisPatience, "redis-patience");
    requireMillis(renewInterval, "renew-interval");
    requireMillis(heartbeatInterval, "heartbeat-interval");
    require(
        lease.compareTo(renewInterval.multipliedBy(RENEWALS)) >= 0,
        "lease must be at least eight times taskfleet.fleet.renew-interval");
    require(
        heartbeatTimeToLive.compareTo(heartbeatInterval.multipliedBy(2)) >= 0,
        "heartbeat-time-to-live must be at least twice taskfleet.fleet.heartbeat-interval");
  }

  private static void requireMillis(Duration duration, String name) {
    require(duration.toMillis() >= 1, name + " must be at least a millisecond");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("taskfleet.fleet." + message);
    }
  }
}
