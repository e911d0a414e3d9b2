package io.taskfleet.worker.email;

import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.RemoteRefusal;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are kept between mails. The dependency's bulkhead bounds how many are in use,
 * and with that how many there are: one is opened only when none is idle. Thread-safe.
 */
final class SmtpConnections implements AutoCloseable {
  private static final Duration CHECKED_AFTER_IDLE = Duration.ofSeconds(1);

  private final Session session;
  private final EmailProperties.Provider settings;
  private final SmtpDialler dialler;
  private final Clock clock;

  // Guarded by itself; the one used last comes first, so that the others grow old and go.
  private final Deque<Idle> idle = new ArrayDeque<>();

  // Guarded by idle.
  private boolean closed;

  /**
   * No connections yet.
   *
   * @param dialler opens the sockets below them
   */
  SmtpConnections(
      Session session, EmailProperties.Provider settings, SmtpDialler dialler, Clock clock) {
    this.session = session;
    this.settings = settings;
    this.dialler = dialler;
    this.clock = clock;
  }

  /**
   * A connection for the caller alone: one that was idle and still answers, or a new one.
   *
   * @param contentBy when a mail's content must have begun, by the clock of System.nanoTime
   */
  SmtpConnection take(long contentBy)
      throws MessagingException, IOException, RemoteRefusal, CallRefusedException {
    for (Idle next = pollIdle(); next != null; next = pollIdle()) {
      if (isUsable(next, contentBy)) {
        return next.connection();
      }
      discard(next.connection());
    }
    return open(contentBy);
  }

  /** A new connection, for content that must begin by then. */
  SmtpConnection open(long contentBy)
      throws MessagingException, IOException, RemoteRefusal, CallRefusedException {
    SmtpConnection connection =
        new SmtpConnection(session, settings, dialler.dial(settings, contentBy));
    try {
      connection.open(contentBy);
      return connection;
    } catch (MessagingException e) {
      connection.hangUp();
      throw SmtpRefusals.atConnect(
          e, connection.getLastReturnCode(), connection.getLastServerResponse());
    }
  }

  /** Takes a connection back that is ready for another mail. */
  void giveBack(SmtpConnection connection) {
    if (connection.mails() < settings.pool().mailsPerConnection()) {
      synchronized (idle) {
        if (!closed) {
          idle.addFirst(new Idle(connection, clock.instant()));
          return;
        }
      }
    }
    discard(connection);
  }

  /** Closes a connection that is at rest, politely. */
  void discard(SmtpConnection connection) {
    try {
      connection.close();
    } catch (MessagingException alreadyBroken) {
      // It is gone, and that was the purpose.
    } finally {
      connection.hangUp();
    }
  }

  /** Closes what has been idle for too long. */
  void closeIdle() {
    Instant unusedSince = clock.instant().minus(settings.pool().idleTimeout());
    Deque<Idle> old = new ArrayDeque<>();
    synchronized (idle) {
      Iterator<Idle> oldestFirst = idle.descendingIterator();
      while (oldestFirst.hasNext()) {
        Idle oldest = oldestFirst.next();
        if (oldest.since().isAfter(unusedSince)) {
          break;
        }
        oldestFirst.remove();
        old.add(oldest);
      }
    }
    old.forEach(each -> discard(each.connection()));
  }

  /** Closes what is idle, and from now on whatever is given back. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
    }
    for (Idle next = pollIdle(); next != null; next = pollIdle()) {
      discard(next.connection());
    }
  }

  private @Nullable Idle pollIdle() {
    synchronized (idle) {
      return idle.pollFirst();
    }
  }

  private boolean isUsable(Idle candidate, long contentBy) {
    Duration unused = Duration.between(candidate.since(), clock.instant());
    if (unused.compareTo(settings.pool().idleTimeout()) >= 0) {
      return false;
    }
    candidate.connection().begin(contentBy);
    return unused.compareTo(CHECKED_AFTER_IDLE) < 0 || candidate.connection().isConnected();
  }

  private record Idle(SmtpConnection connection, Instant since) {}
}
