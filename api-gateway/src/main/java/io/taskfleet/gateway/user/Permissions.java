package io.taskfleet.gateway.user;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * What a user may do in the caller's own system; nothing here depends on it.
 *
 * @param permissions names of the caller's choice
 */
record Permissions(
    @NotNull @Size(max = MOST) List<@NotNull @Pattern(regexp = NAME) String> permissions) {
  static final int MOST = 100;
  static final String NAME = "[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}";

  /** The same, each once and in the order in which they are read back. */
  Permissions normalised() {
    return new Permissions(permissions.stream().distinct().sorted().toList());
  }
}
