package io.taskfleet.task;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A notification, delivered as a signed POST (Standard Webhooks), or to a user.
 *
 * @param data anything the receiver understands
 * @param url where to deliver it: http or https
 * @param endpoint the registered endpoint to deliver it to, instead of a URL
 * @param userId whom to deliver it to, instead of a URL
 * @param channels how it reaches the user; as the user prefers if absent
 * @param urgent whether it may disturb the user in quiet hours
 * @param dedup delivered unless another one with this key was within the window
 * @param digest collected with others of this key, and delivered to the user as one
 */
public record NotificationPayload(
    @NotBlank @Size(max = 10_000) String message,
    @Nullable @Size(max = 200) @SingleLine String title,
    @Nullable ObjectNode data,
    @Nullable @WebhookUrl String url,
    @Nullable @Pattern(regexp = ID, message = "must be an endpoint's id") String endpoint,
    @Nullable @Pattern(regexp = ID, message = "must be a user's id") String userId,
    @Nullable @Size(min = 1, max = 3) List<
                @NotNull @Pattern(
                    regexp = "webhook|in_app|email",
                    message = "must be webhook, in_app or email")
                String>
            channels,
    @Nullable Boolean urgent,
    @Nullable @Valid Window dedup,
    @Nullable @Valid Window digest)
    implements Addressed {
  private static final String ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

  /** As much text as a message may have. */
  public static final int LONGEST_MESSAGE = 10_000;

  /** As much data as one for a user may have: a socket takes a page of them at once. */
  public static final int LONGEST_DATA_FOR_A_USER = 32_768;

  /**
   * What belongs together, and for how long.
   *
   * @param key of a tenant's own choice
   * @param window such as {@code 10m} or {@code PT10M}
   */
  public record Window(@NotBlank @Size(max = 255) String key, @NotNull String window) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(7);

    // It may be missing when the constraints are checked.
    @JsonIgnore
    @AssertTrue(message = "window must be a duration such as 10m or PT10M, from 1s to 7d") public boolean isLengthGiven() {
      return window == null
          || DurationText.parse(window)
              .filter(it -> it.compareTo(SHORTEST) >= 0 && it.compareTo(LONGEST) <= 0)
              .isPresent();
    }

    /** How long it is. */
    public Duration length() {
      return DurationText.parse(window).orElseThrow();
    }
  }

  /** One that goes to a URL. */
  public static NotificationPayload toUrl(
      String message, @Nullable String title, @Nullable ObjectNode data, String url) {
    return new NotificationPayload(message, title, data, url, null, null, null, null, null, null);
  }

  /** One that goes to an endpoint. */
  public static NotificationPayload toEndpoint(
      String message, @Nullable String title, @Nullable ObjectNode data, UUID endpoint) {
    return new NotificationPayload(
        message, title, data, null, endpoint.toString(), null, null, null, null, null);
  }

  /** One that goes to a user; without one it is refused. */
  public static NotificationPayload toUser(
      String message,
      @Nullable String title,
      @Nullable ObjectNode data,
      @Nullable String userId,
      @Nullable List<String> channels) {
    return new NotificationPayload(
        message, title, data, null, null, userId, channels, null, null, null);
  }

  /** The user it is for, if it is for one. */
  public Optional<UUID> addressee() {
    return userId == null ? Optional.empty() : TaskIds.parse(userId);
  }

  /** Whether it may disturb. */
  public boolean mayDisturb() {
    return urgent != null && urgent;
  }

  @JsonIgnore
  @AssertTrue(message = "give exactly one of url, endpoint and user_id") public boolean isDestinationGiven() {
    return Stream.of(url, endpoint, userId).filter(it -> it != null).count() == 1;
  }

  @JsonIgnore
  @AssertTrue(message = "give channels, urgent and digest with user_id only") public boolean isUserOfChannelsGiven() {
    return userId != null || (channels == null && urgent == null && digest == null);
  }

  @JsonIgnore
  @AssertTrue(message = "data for a user may have 32768 characters") public boolean isShortDataGiven() {
    return userId == null || data == null || data.toString().length() <= LONGEST_DATA_FOR_A_USER;
  }

  @Override
  public Optional<String> recipient() {
    return Stream.of(userId, endpoint, url).filter(it -> it != null).findFirst();
  }
}
