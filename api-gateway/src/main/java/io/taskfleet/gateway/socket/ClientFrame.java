package io.taskfleet.gateway.socket;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a client says. */
sealed interface ClientFrame {
  /** The kinds by the name that is their {@code type}. */
  Map<String, Class<? extends ClientFrame>> TYPES =
      Map.of(
          "auth", Auth.class,
          "subscribe", Subscribe.class,
          "unsubscribe", Unsubscribe.class,
          "chat", Chat.class,
          "notification", Notification.class,
          "status", Status.class,
          "ack", Ack.class,
          "ping", Ping.class);

  /** Who it is; also a new token in time before the old one ends. */
  record Auth(@NotNull String token) implements ClientFrame {
    @Override
    public String toString() {
      return "Auth[]";
    }
  }

  /** That it wants to hear what is said on a channel. */
  record Subscribe(@NotNull String channel) implements ClientFrame {}

  /** That it does not any more. */
  record Unsubscribe(@NotNull String channel) implements ClientFrame {}

  /** Something to all in a room. */
  record Chat(@NotNull String channel, @NotBlank @Size(max = 4_000) String text)
      implements ClientFrame {}

  /**
   * A notification to a user, or to everybody who is there.
   *
   * @param userId as in a task's payload
   * @param broadcast true, instead of a user
   */
  record Notification(
      @NotBlank @Size(max = 10_000) String message,
      @Nullable @Size(max = 200) String title,
      @Nullable ObjectNode data,
      @Nullable String userId,
      @Nullable Boolean broadcast)
      implements ClientFrame {
    boolean isBroadcast() {
      return Boolean.TRUE.equals(broadcast);
    }
  }

  /** Whether the user can be disturbed. */
  record Status(
      @NotNull @Pattern(regexp = "online|away|busy", message = "must be online, away or busy") String status)
      implements ClientFrame {}

  /** That it has a notification. */
  record Ack(@NotNull String id) implements ClientFrame {}

  /** Whether anybody is there. */
  record Ping() implements ClientFrame {}
}
