package io.taskfleet.gateway.socket;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.StrictJson;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.TextMessage;

/**
 * What a client is told.
 *
 * <p>{@code ref} is the client's own name for the frame that is answered.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
sealed interface ServerFrame {

  /** The token is good. */
  @JsonTypeName("ready")
  record Ready(String userId, Instant expiresAt, @Nullable String ref) implements ServerFrame {}

  /**
   * What is said on the channel is heard from now on.
   *
   * @param members who is there, if that was asked and Redis knows it
   */
  @JsonTypeName("subscribed")
  record Subscribed(String channel, @Nullable List<Member> members, @Nullable String ref)
      implements ServerFrame {}

  /** A user who is there. */
  record Member(String userId, String status) {}

  /** The channel is heard no more. */
  @JsonTypeName("unsubscribed")
  record Unsubscribed(String channel, @Nullable String ref) implements ServerFrame {}

  /** Somebody said something in a room. */
  @JsonTypeName("chat")
  record Chat(UUID id, String channel, String userId, String text, Instant at)
      implements ServerFrame {}

  /** From the user's inbox; to be acknowledged. */
  @JsonTypeName("notification")
  record Notification(
      UUID id, @Nullable String title, String message, @Nullable RawJson data, Instant createdAt)
      implements ServerFrame {}

  /** To all of the tenant who are there; kept nowhere. */
  @JsonTypeName("broadcast")
  record Broadcast(
      UUID id,
      @Nullable String title,
      String message,
      @Nullable RawJson data,
      String userId,
      Instant at)
      implements ServerFrame {}

  /** The notification will reach its user: it is a task of this id. */
  @JsonTypeName("accepted")
  record Accepted(UUID id, @Nullable String ref) implements ServerFrame {}

  /** A user came, or is something else now. */
  @JsonTypeName("status")
  record Status(String userId, String status) implements ServerFrame {}

  /** A user's last client has gone. */
  @JsonTypeName("user_disconnected")
  record UserDisconnected(String userId) implements ServerFrame {}

  /** The notification will not be sent again. */
  @JsonTypeName("acked")
  record Acked(UUID id, @Nullable String ref) implements ServerFrame {}

  /** Somebody is there. */
  @JsonTypeName("pong")
  record Pong(@Nullable String ref) implements ServerFrame {}

  /**
   * What was said had no effect.
   *
   * @param errors where in the frame, and what
   */
  @JsonTypeName("error")
  record Refused(String code, String detail, @Nullable List<Violation> errors, @Nullable String ref)
      implements ServerFrame {}

  /** As JSON. */
  default byte[] toJson() {
    return StrictJson.mapper().writeValueAsBytes(this);
  }

  /** As it is sent. */
  default TextMessage toMessage() {
    return new TextMessage(toJson());
  }
}
