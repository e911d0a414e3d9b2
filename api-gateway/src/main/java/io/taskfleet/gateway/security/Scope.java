package io.taskfleet.gateway.security;

import java.util.Arrays;
import java.util.Optional;

/** What an API key may be allowed to do. */
public enum Scope {
  TASKS_WRITE("tasks:write"),
  TASKS_READ("tasks:read"),
  ANALYTICS("analytics"),
  USERS("users"),
  ADMIN("admin");

  private final String label;

  Scope(String label) {
    this.label = label;
  }

  /** The name used in the database and towards callers. */
  public String label() {
    return label;
  }

  // A scope of a later version is no reason to refuse the key.
  static Optional<Scope> named(String label) {
    return Arrays.stream(values()).filter(scope -> scope.label.equals(label)).findFirst();
  }
}
