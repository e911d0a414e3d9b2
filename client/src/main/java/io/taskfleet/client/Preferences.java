package io.taskfleet.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How and when a user wants to be reached.
 *
 * @param channels in the order in which they are tried; none means silence
 */
public record Preferences(
    List<Channel> channels, @Nullable QuietHours quietHours, @Nullable String locale) {

  /**
   * When a user is not to be disturbed.
   *
   * @param from time of day, such as {@code 22:00}
   * @param to time of day; of the next day if it is the earlier one
   * @param zone that of the user if absent, else UTC
   */
  public record QuietHours(String from, String to, @Nullable String zone) {}
}
