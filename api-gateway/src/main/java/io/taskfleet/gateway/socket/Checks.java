package io.taskfleet.gateway.socket;

import io.taskfleet.gateway.security.Caller;
import java.time.Clock;
import java.time.Instant;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;

/** Asks clients whether they are there, and closes the sockets of those whose time is up. */
final class Checks {
  private static final CloseStatus NO_TOKEN =
      CloseStatus.POLICY_VIOLATION.withReason("no token in time");
  private static final CloseStatus EXPIRED =
      CloseStatus.POLICY_VIOLATION.withReason("the token has expired");
  private static final CloseStatus SILENT =
      CloseStatus.POLICY_VIOLATION.withReason("no sign of life");

  private final SocketProperties.Times times;
  private final Clock clock;

  Checks(SocketProperties.Times times, Clock clock) {
    this.times = times;
    this.clock = clock;
  }

  void check(Connection connection) {
    Caller caller = connection.caller();
    Instant end = caller == null ? null : caller.expiresAt();
    if (caller == null && connection.age().compareTo(times.authenticationWithin()) > 0) {
      connection.refuse(NO_TOKEN);
    } else if (end != null && !clock.instant().isBefore(end)) {
      connection.refuse(EXPIRED);
    } else if (connection.silence().compareTo(times.silence()) > 0) {
      connection.outbox().abort(SILENT);
    } else if (connection.takePing(times.pingEvery())) {
      connection.outbox().send(new PingMessage());
    }
  }
}
