package io.taskfleet.worker.notification;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of a notification, as its task's result.
 *
 * @param channels what became of it on each; on none if nothing was sent
 * @param by the task in whose place it was suppressed, or that delivers what is collected
 */
record Delivery(Outcome outcome, List<OnChannel> channels, @Nullable UUID by) {

  /** What became of the whole. */
  enum Outcome {
    SENT,
    /** The user wants none. */
    SILENCED,
    /** Another one with its key was sent a moment ago. */
    SUPPRESSED,
    /** It is delivered later, with others. */
    COLLECTED;

    @JsonValue
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What became of it on one channel.
   *
   * @param outcome {@code delivered}; {@code submitted}: a task of its own delivers it; {@code
   *     skipped}
   * @param id of the notification in the inbox, or of that task
   * @param endpoint which it is delivered to
   * @param status that the receiver answered
   * @param reason why it was skipped
   */
  record OnChannel(
      Channel channel,
      String outcome,
      @Nullable UUID id,
      @Nullable UUID endpoint,
      @Nullable Integer status,
      @Nullable String reason) {

    static OnChannel delivered(Channel channel, UUID id) {
      return new OnChannel(channel, "delivered", id, null, null, null);
    }

    static OnChannel answered(@Nullable UUID endpoint, int status) {
      return new OnChannel(Channel.WEBHOOK, "delivered", null, endpoint, status, null);
    }

    static OnChannel submitted(Channel channel, UUID task, @Nullable UUID endpoint) {
      return new OnChannel(channel, "submitted", task, endpoint, null, null);
    }

    static OnChannel skipped(Channel channel, String reason) {
      return new OnChannel(channel, "skipped", null, null, null, reason);
    }
  }

  static Delivery sent(OnChannel... channels) {
    return new Delivery(Outcome.SENT, List.of(channels), null);
  }

  static Delivery suppressed(UUID by) {
    return new Delivery(Outcome.SUPPRESSED, List.of(), by);
  }

  static Delivery collected(UUID into) {
    return new Delivery(Outcome.COLLECTED, List.of(), into);
  }
}
