package io.taskfleet.gateway.socket;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.Tokens;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/** Lets clients in whose token is good, and turns the others away. */
final class Admission {
  private static final CloseStatus NO_TOKEN =
      CloseStatus.POLICY_VIOLATION.withReason("a good token is required");
  private static final CloseStatus ANOTHER_USER =
      CloseStatus.POLICY_VIOLATION.withReason("the token is another user's");
  private static final CloseStatus TOO_MANY =
      CloseStatus.POLICY_VIOLATION.withReason("the user has too many connections");

  private final Tokens tokens;
  private final Hub hub;
  private final InboxRows rows;
  private final SocketProperties.Inbox settings;

  Admission(Tokens tokens, Hub hub, InboxRows rows, SocketProperties.Inbox settings) {
    this.tokens = tokens;
    this.hub = hub;
    this.rows = rows;
    this.settings = settings;
  }

  /** A client has shown this token, its first or a later one. */
  void admit(Connection connection, String token, @Nullable String ref) {
    admit(connection, tokens.verify(token), ref);
  }

  /** A client has shown a token that stands for this caller, or is no good. */
  void admit(Connection connection, Optional<Caller> caller, @Nullable String ref) {
    Optional<Person> person = caller.flatMap(Person::of);
    if (person.isEmpty()) {
      turnAway(connection);
      return;
    }
    ServerFrame ready = ready(caller.get(), person.get(), ref);
    Connection.Member member = connection.member();
    if (member == null) {
      enter(connection, caller.get(), person.get(), ready);
    } else if (member.person().equals(person.get())) {
      connection.renew(caller.get());
      connection.send(ready);
    } else {
      connection.refuse(ANOTHER_USER);
    }
  }

  private void enter(Connection connection, Caller caller, Person person, ServerFrame ready) {
    Feed feed =
        person
            .id()
            .map(id -> new Feed(rows, connection.outbox(), person, id, settings))
            .orElse(null);
    connection.admit(caller, new Connection.Member(person, feed));
    if (!hub.enter(person, connection, ready)) {
      connection.refuse(TOO_MANY);
    } else if (feed != null) {
      feed.look();
    }
  }

  private static ServerFrame ready(Caller caller, Person person, @Nullable String ref) {
    Instant end = Objects.requireNonNull(caller.expiresAt());
    return new ServerFrame.Ready(person.user(), end, ref);
  }

  /** Closes a socket whose client has not shown a good token. */
  void turnAway(Connection connection) {
    connection.refuse(NO_TOKEN);
  }
}
