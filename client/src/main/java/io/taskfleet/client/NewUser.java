package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/** A user to be made. Immutable. */
public final class NewUser {
  private final Fields fields;

  private NewUser(Fields fields) {
    this.fields = fields;
  }

  public static NewUser of(String email, String name) {
    return new NewUser(Fields.of("email", email).with("name", name));
  }

  /** A language tag, such as {@code en-GB}. */
  public NewUser locale(String tag) {
    return with("locale", tag);
  }

  public NewUser zone(ZoneId zone) {
    return with("zone", zone.getId());
  }

  /** Active if nothing is said. */
  public NewUser status(UserStatus status) {
    return with("status", status);
  }

  public NewUser permissions(String... permissions) {
    return with("permissions", List.of(permissions));
  }

  public NewUser preferences(Preferences preferences) {
    return with("preferences", preferences);
  }

  @JsonValue
  Map<String, Object> fields() {
    return fields.values();
  }

  private NewUser with(String name, Object value) {
    return new NewUser(fields.with(name, value));
  }
}
