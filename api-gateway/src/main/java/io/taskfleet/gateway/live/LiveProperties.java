package io.taskfleet.gateway.live;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How callers are told of events.
 *
 * @param streams how many streams this gateway keeps open; fewer than {@code
 *     server.tomcat.max-connections}
 * @param streamsPerTenant how many of them one tenant may have
 * @param heartbeat after how long a stream on which nothing happens says that it is there
 * @param retry how long a client should wait before it connects again
 * @param writeWithin how long a client may take to take what is written at once
 * @param sendBuffer what the system keeps for a client that does not read
 * @param longest after how long a stream ends, for the client to come again with its key
 * @param recent bytes of lifecycle events that are kept for those who are not quick enough
 * @param patience how long a request waits for Kafka to say where its topic ends
 * @param linger how long the topic is read on when nobody listens
 * @param replays the topic and what was missed on it
 */
@Validated
@ConfigurationProperties("taskfleet.live")
record LiveProperties(
    @DefaultValue("7000") @Min(1) int streams,
    @DefaultValue("5000") @Min(1) int streamsPerTenant,
    @DefaultValue("15s") Duration heartbeat,
    @DefaultValue("2s") Duration retry,
    @DefaultValue("10s") Duration writeWithin,
    @DefaultValue("64KB") DataSize sendBuffer,
    @DefaultValue("1h") Duration longest,
    @DefaultValue("16MB") DataSize recent,
    @DefaultValue("2s") Duration patience,
    @DefaultValue("30s") Duration linger,
    @DefaultValue Replay replays) {

  /**
   * How missed events are read from Kafka.
   *
   * @param atOnce how many streams read side by side
   * @param bytes what a stream reads at once at most, of its own events
   * @param within how long it may read at once
   */
  record Replay(
      @DefaultValue("2") @Min(1) int atOnce,
      @DefaultValue("256KB") DataSize bytes,
      @DefaultValue("250ms") Duration within) {}

  LiveProperties {
    if (!heartbeat.isPositive()
        || !retry.isPositive()
        || !writeWithin.isPositive()
        || !longest.isPositive()
        || !patience.isPositive()) {
      throw new IllegalArgumentException(
          "taskfleet.live.heartbeat, retry, write-within, longest and patience must be above zero");
    }
    if (sendBuffer.toBytes() < 1 << 12 || sendBuffer.toBytes() > 1 << 24) {
      throw new IllegalArgumentException("taskfleet.live.send-buffer must be 4KB to 16MB");
    }
  }
}
