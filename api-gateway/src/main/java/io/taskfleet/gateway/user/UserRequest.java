package io.taskfleet.gateway.user;

import io.taskfleet.task.MailAddress;
import io.taskfleet.task.SingleLine;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/users}, and a line of an import.
 *
 * @param status active if absent
 */
record UserRequest(
    @NotNull @MailAddress String email,
    @NotBlank @Size(max = 200) @SingleLine String name,
    @Nullable @LanguageTag String locale,
    @Nullable @ZoneName String zone,
    @Nullable UserStatus status,
    @Nullable @Size(max = Permissions.MOST) List<@NotNull @Pattern(regexp = Permissions.NAME) String> permissions,
    @Nullable @Valid Preferences preferences) {

  UserStatus statusOrActive() {
    return status == null ? UserStatus.ACTIVE : status;
  }

  List<String> givenPermissions() {
    return permissions == null ? List.of() : permissions.stream().distinct().toList();
  }

  Preferences preferencesOrDefault() {
    return preferences == null ? Preferences.DEFAULT : preferences;
  }
}
