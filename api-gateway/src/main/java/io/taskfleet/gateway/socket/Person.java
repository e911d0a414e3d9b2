package io.taskfleet.gateway.socket;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.task.TaskIds;
import java.util.Optional;
import java.util.UUID;

/**
 * A user of a tenant, as its token names it.
 *
 * @param user an id of {@code /v1/users}, or any other name the tenant has given it
 */
record Person(String tenant, String user) {

  /** The one a token stands for. */
  static Optional<Person> of(Caller caller) {
    String user = caller.user();
    return user == null ? Optional.empty() : Optional.of(new Person(caller.tenant(), user));
  }

  /** The id under which it may have an inbox. */
  Optional<UUID> id() {
    return TaskIds.parse(user);
  }
}
