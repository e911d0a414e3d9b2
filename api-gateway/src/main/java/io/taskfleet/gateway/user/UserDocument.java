package io.taskfleet.gateway.user;

import io.taskfleet.task.MailAddress;
import io.taskfleet.task.SingleLine;
import io.taskfleet.wire.StrictJson;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What of a user a merge patch (RFC 7396) may change. */
record UserDocument(
    @NotNull @MailAddress String email,
    @NotBlank @Size(max = 200) @SingleLine String name,
    @Nullable @LanguageTag String locale,
    @Nullable @ZoneName String zone,
    @NotNull UserStatus status) {

  static UserDocument of(UserRow row) {
    return new UserDocument(
        row.email(), row.name(), row.locale(), row.zone(), UserStatus.of(row.status()));
  }

  /** This document with the patch applied, as JSON that has yet to be checked. */
  byte[] patched(ObjectNode patch) {
    ObjectNode document = StrictJson.mapper().valueToTree(this);
    patch
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isNull()) {
                document.remove(field.getKey());
              } else {
                document.set(field.getKey(), field.getValue());
              }
            });
    return StrictJson.mapper().writeValueAsBytes(document);
  }
}
