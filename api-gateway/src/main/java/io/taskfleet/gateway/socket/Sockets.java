package io.taskfleet.gateway.socket;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.KeyHolder;
import io.taskfleet.wire.InboxArrival;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;

/**
 * All sockets of this gateway: how many there may be, what is said to them from outside, and the
 * rounds in which they are checked. They are closed before the server waits for its requests to
 * end, as the default phase is the last to start and the first to stop.
 */
final class Sockets implements SmartLifecycle, Relay.Listener, KeyHolder {
  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);
  private static final CloseStatus KEY_ENDED =
      CloseStatus.POLICY_VIOLATION.withReason("the API key of the token has ended");
  private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Hub hub;
  private final Checks checks;
  private final Lookout lookout;
  private final Rounds rounds;
  private final int most;

  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean running;

  Sockets(Hub hub, Checks checks, Lookout lookout, Rounds rounds, int most) {
    this.hub = hub;
    this.checks = checks;
    this.lookout = lookout;
    this.rounds = rounds;
    this.most = most;
  }

  /** When what is done again and again is done. */
  record Rounds(ScheduledExecutorService thread, Duration every) {}

  /** Whether there may be one more. */
  boolean haveRoom() {
    return running && open.size() < most;
  }

  void opened(Connection connection) {
    open.add(connection);
    if (!running) {
      connection.refuse(CloseStatus.GOING_AWAY);
    }
  }

  void closed(Connection connection) {
    connection.setGone();
    connection.outbox().abort(CloseStatus.GOING_AWAY);
    open.remove(connection);
    forgetIfGone(connection);
  }

  /** A client can go while it is let in, or subscribes. */
  void forgetIfGone(Connection connection) {
    Connection.Member member = connection.member();
    if (connection.isGone() && member != null) {
      hub.leave(member.person(), connection);
    }
  }

  @Override
  public Set<UUID> keys() {
    return open.stream()
        .map(Connection::caller)
        .filter(Objects::nonNull)
        .map(Caller::keyId)
        .collect(Collectors.toSet());
  }

  @Override
  public void end(UUID key) {
    open.forEach(
        each -> {
          Caller caller = each.caller();
          if (caller != null && caller.keyId().equals(key)) {
            each.refuse(KEY_ENDED);
          }
        });
  }

  @Override
  public void said(Channel channel, byte[] frame) {
    hub.deliver(channel, new TextMessage(frame));
  }

  @Override
  public void arrived(InboxArrival arrival) {
    Person person = new Person(arrival.tenant(), arrival.userId().toString());
    hub.feeds(person, feed -> feed.arrived(arrival.id()));
  }

  @Override
  public void begins() {
    lookout.lookSoon();
  }

  @Override
  public void start() {
    running = true;
    long period = rounds.every().toMillis();
    var _ =
        rounds.thread().scheduleWithFixedDelay(this::round, period, period, TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      open.forEach(checks::check);
      lookout.round();
    } catch (RuntimeException e) {
      // There has to be a next round.
      LOG.error("a round of the sockets failed", e);
    }
  }

  @Override
  public void stop() {
    running = false;
    long until = System.nanoTime() + CLOSING_NANOS;
    open.forEach(each -> each.refuse(CloseStatus.GOING_AWAY));
    while (!open.isEmpty() && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
