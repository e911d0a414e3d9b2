package io.taskfleet.gateway.socket;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Those of a tenant's clients whom something reaches.
 *
 * @param name what clients call it, if it is one they can subscribe to
 */
record Channel(String tenant, String name) {
  static final String PRESENCE = "presence";
  // No name of a client's begins so.
  private static final String USER = "=";
  private static final String EVERYBODY = "*";
  private static final Pattern ROOM = Pattern.compile("room:[A-Za-z0-9._-]{1,64}");

  /** All clients of the tenant. */
  static Channel everybody(String tenant) {
    return new Channel(tenant, EVERYBODY);
  }

  /** All clients of one user. */
  static Channel of(Person person) {
    return new Channel(person.tenant(), USER + person.user());
  }

  /** Those who want to know who is there. */
  static Channel presence(String tenant) {
    return new Channel(tenant, PRESENCE);
  }

  /** The channel that a client of this tenant means, if there is such a one. */
  static Optional<Channel> named(String tenant, String name) {
    return name.equals(PRESENCE) || ROOM.matcher(name).matches()
        ? Optional.of(new Channel(tenant, name))
        : Optional.empty();
  }

  /** The user whose channel this is, if it is a user's. */
  Optional<Person> person() {
    return name.startsWith(USER)
        ? Optional.of(new Person(tenant, name.substring(USER.length())))
        : Optional.empty();
  }

  boolean isRoom() {
    return ROOM.matcher(name).matches();
  }
}
