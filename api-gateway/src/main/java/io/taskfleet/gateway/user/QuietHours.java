package io.taskfleet.gateway.user;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a user is not to be disturbed.
 *
 * @param from time of day, such as {@code 22:00}
 * @param to time of day; of the next day if it is the earlier one
 * @param zone that of the user if absent, else UTC
 */
record QuietHours(
    @NotNull @Pattern(regexp = TIME, message = MUST_BE_TIME) String from,
    @NotNull @Pattern(regexp = TIME, message = MUST_BE_TIME) String to,
    @Nullable @ZoneName String zone) {
  private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d";
  private static final String MUST_BE_TIME = "must be a time of day such as 22:00";

  // Either may be missing when the constraints are checked.
  @JsonIgnore
  @AssertTrue(message = "from and to must differ") public boolean isSpanGiven() {
    return from == null || !from.equals(to);
  }
}
