package io.taskfleet.gateway.endpoint;

import io.taskfleet.task.SingleLine;
import io.taskfleet.task.WebhookUrl;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/webhook-endpoints}.
 *
 * @param url http or https; whether it may be called is decided when it is
 * @param description for its owner
 * @param userId whose notifications go here too
 * @param enabled true if absent
 */
record EndpointRequest(
    @NotNull @WebhookUrl String url,
    @Nullable @Size(max = 200) @SingleLine String description,
    @Nullable @Pattern(regexp = ID, message = "must be a user's id") String userId,
    @Nullable Boolean enabled) {
  private static final String ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

  /** The body that would make this endpoint. */
  static EndpointRequest of(Endpoint endpoint) {
    UUID user = endpoint.owned().userId();
    return new EndpointRequest(
        endpoint.owned().url(),
        endpoint.owned().description(),
        user == null ? null : user.toString(),
        endpoint.disabled() == null);
  }

  Endpoint.Owned owned() {
    return new Endpoint.Owned(url, description, userId == null ? null : UUID.fromString(userId));
  }

  /** Where calls go, without what may be a secret: many a path is all that lets a call in. */
  String host() {
    return String.valueOf(URI.create(url).getAuthority());
  }

  /** The fields in which it differs from this one. */
  List<String> unlike(EndpointRequest other) {
    return Stream.of(
            url.equals(other.url) ? null : "url",
            Objects.equals(description, other.description) ? null : "description",
            Objects.equals(userId, other.userId) ? null : "user_id",
            isEnabled() == other.isEnabled() ? null : "enabled")
        .filter(Objects::nonNull)
        .toList();
  }

  boolean isEnabled() {
    return enabled == null || enabled;
  }
}
