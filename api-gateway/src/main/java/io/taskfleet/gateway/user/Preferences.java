package io.taskfleet.gateway.user;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How and when a user wants to be reached, as it is sent and as it is answered.
 *
 * @param channels in the order in which they are tried; none means silence
 * @param locale of notifications; that of the user if absent
 */
record Preferences(
    @NotNull @Size(max = 3) List<@NotNull Channel> channels,
    @Nullable @Valid QuietHours quietHours,
    @Nullable @LanguageTag String locale) {

  /** Those of a user who has said nothing. */
  static final Preferences DEFAULT =
      new Preferences(List.of(Channel.IN_APP, Channel.EMAIL), null, null);

  /** The channels by name, each once. */
  List<String> channelLabels() {
    return channels.stream().distinct().map(Channel::label).toList();
  }
}
