package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A notification, delivered as a signed POST (Standard Webhooks), or to a user.
 *
 * @param data anything the receiver understands
 * @param url where to deliver it: http or https
 * @param userId whom to deliver it to, instead of a URL
 * @param channels how it may reach the user; the inbox if absent
 */
public record NotificationPayload(
    @NotBlank @Size(max = 10_000) String message,
    @Nullable @Size(max = 200) @SingleLine String title,
    @Nullable ObjectNode data,
    @Nullable @WebhookUrl String url,
    @Nullable @Pattern(regexp = ID, message = "must be a user's id") String userId,
    @Nullable @Size(min = 1, max = 3) List<@NotNull @Pattern(regexp = "in_app", message = "must be in_app") String> channels)
    implements Payload {
  private static final String ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
  // A socket takes a page of them at once.
  private static final int LONGEST_DATA_FOR_A_USER = 32_768;

  /** One that goes to a URL. */
  public static NotificationPayload toUrl(
      String message, @Nullable String title, @Nullable ObjectNode data, String url) {
    return new NotificationPayload(message, title, data, url, null, null);
  }

  /** The user it is for, if it is for one. */
  public Optional<UUID> addressee() {
    return userId == null ? Optional.empty() : TaskIds.parse(userId);
  }

  @JsonIgnore
  @AssertTrue(message = "give url or user_id, and not both") public boolean isDestinationGiven() {
    return (url == null) != (userId == null);
  }

  @JsonIgnore
  @AssertTrue(message = "give channels with user_id only") public boolean isUserOfChannelsGiven() {
    return channels == null || userId != null;
  }

  @JsonIgnore
  @AssertTrue(message = "data for a user may have 32768 characters") public boolean isShortDataGiven() {
    return userId == null || data == null || data.toString().length() <= LONGEST_DATA_FOR_A_USER;
  }

  @Override
  public Optional<String> recipient() {
    return Optional.ofNullable(userId == null ? url : userId);
  }
}
