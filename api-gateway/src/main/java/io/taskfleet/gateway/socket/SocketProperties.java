package io.taskfleet.gateway.socket;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The WebSocket.
 *
 * @param allowedOrigins pages of these origins may open one, beside those of the gateway's own
 */
@Validated
@ConfigurationProperties("taskfleet.socket")
record SocketProperties(
    @DefaultValue Set<String> allowedOrigins,
    @DefaultValue @Valid Limits limits,
    @DefaultValue Times times,
    @DefaultValue @Valid Inbox inbox) {

  /**
   * What one client may cost.
   *
   * @param sockets open at once in this gateway
   * @param perUser of them
   * @param channels a client may subscribe to
   * @param frame the longest a client may send, in characters; twice this in bytes is kept for each
   *     client
   * @param framesPerMinute how many it may send, as many of them at once
   * @param buffer what may wait to be sent to it
   */
  record Limits(
      @DefaultValue("2000") @Min(1) int sockets,
      @DefaultValue("10") @Min(1) int perUser,
      @DefaultValue("20") @Min(1) int channels,
      @DefaultValue("16KB") DataSize frame,
      @DefaultValue("600") @Min(1) int framesPerMinute,
      @DefaultValue("256KB") DataSize buffer) {}

  /**
   * How long clients are waited for.
   *
   * @param authenticationWithin from the handshake to a good token
   * @param pingEvery how often a client is asked whether it is there
   * @param silence without a sign of life, after which it is not
   * @param sendWithin how long one frame may take to be taken by its client
   * @param presence how long a user counts as there when the gateway says no more
   */
  record Times(
      @DefaultValue("5s") Duration authenticationWithin,
      @DefaultValue("20s") Duration pingEvery,
      @DefaultValue("50s") Duration silence,
      @DefaultValue("5s") Duration sendWithin,
      @DefaultValue("30s") Duration presence) {

    Times {
      requirePositive("authentication-within", authenticationWithin);
      requirePositive("ping-every", pingEvery);
      requirePositive("send-within", sendWithin);
      requirePositive("presence", presence);
      if (silence.compareTo(pingEvery) <= 0) {
        throw new IllegalArgumentException(
            "taskfleet.socket.times.silence must be above taskfleet.socket.times.ping-every");
      }
    }

    private static void requirePositive(String name, Duration duration) {
      if (!duration.isPositive()) {
        throw new IllegalArgumentException(
            "taskfleet.socket.times." + name + " must be above zero");
      }
    }
  }

  /**
   * How inboxes are read.
   *
   * @param page notifications read at once
   * @param window notifications that a client may have without having said so
   * @param lookEvery how often to look for what Redis did not say
   * @param lookEveryWithoutRedis the same while Redis is away
   * @param queriesAtOnce how many clients ask Postgres side by side; fewer than the pool has
   *     connections
   * @param patience how long one waits for its turn
   */
  record Inbox(
      @DefaultValue("50") @Min(1) int page,
      @DefaultValue("256") @Min(1) int window,
      @DefaultValue("30s") Duration lookEvery,
      @DefaultValue("1s") Duration lookEveryWithoutRedis,
      @DefaultValue("3") @Min(1) int queriesAtOnce,
      @DefaultValue("2s") Duration patience) {

    Inbox {
      if (!lookEvery.isPositive() || !lookEveryWithoutRedis.isPositive()) {
        throw new IllegalArgumentException(
            "taskfleet.socket.inbox.look-every and look-every-without-redis must be above zero");
      }
    }
  }
}
