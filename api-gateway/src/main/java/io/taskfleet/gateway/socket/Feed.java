package io.taskfleet.gateway.socket;

import io.taskfleet.gateway.web.ProblemException;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Brings one client what is in its user's inbox, each notification once: one look after the other,
 * whenever there may be something. It goes no further than a window of notifications that the
 * client has not acknowledged.
 */
final class Feed {
  // More than can be told twice: Redis tells of a notification within moments of its commit.
  private static final int REMEMBERED = 1_024;

  private final InboxRows rows;
  private final Outbox outbox;
  private final String tenant;
  private final UUID user;
  private final int page;
  private final int window;

  // The look's own.
  private volatile @Nullable OffsetDateTime since;
  // Guarded by this.
  private final Set<UUID> told = new LinkedHashSet<>();
  private final Set<UUID> unacknowledged = new HashSet<>();
  private final LinkedHashSet<UUID> acknowledged = new LinkedHashSet<>();
  private boolean looking;
  private boolean due;

  Feed(InboxRows rows, Outbox outbox, Person person, UUID user, SocketProperties.Inbox settings) {
    this.rows = rows;
    this.outbox = outbox;
    this.tenant = person.tenant();
    this.user = user;
    this.page = settings.page();
    this.window = settings.window();
  }

  /** Looks for everything that waits, soon. */
  synchronized void look() {
    due = true;
    startIfIdle();
  }

  /** There is this one, too. */
  synchronized void arrived(UUID id) {
    // What does not fit is found among those that wait.
    if (told.size() < page && !isKnown(id)) {
      told.add(id);
    }
    look();
  }

  /**
   * Notes that the client has this one, and that there may be room for more.
   *
   * @return false if the user has no such notification
   * @throws ProblemException if Postgres does not answer
   */
  boolean acknowledge(UUID id) {
    boolean there = rows.setDelivered(tenant, user, id);
    if (there) {
      forget(id);
    }
    return there;
  }

  private synchronized void forget(UUID id) {
    boolean wasFull = unacknowledged.size() >= window;
    if (unacknowledged.remove(id) && acknowledged.add(id) && acknowledged.size() > REMEMBERED) {
      acknowledged.removeFirst();
    }
    if (wasFull) {
      look();
    }
  }

  private boolean isKnown(UUID id) {
    return unacknowledged.contains(id) || acknowledged.contains(id);
  }

  private void startIfIdle() {
    if (!looking && unacknowledged.size() < window) {
      looking = true;
      Thread.ofVirtual().name("socket-feed").start(this::run);
    }
  }

  private void run() {
    try {
      while (takeTurn()) {
        List<ServerFrame.Notification> found = rows.find(tenant, user, wanted(), page);
        for (ServerFrame.Notification each : found) {
          if (note(each.id()) && !outbox.sendPatiently(each.toMessage())) {
            return;
          }
        }
        if (found.size() >= page) {
          look();
        }
      }
    } catch (ProblemException away) {
      rest();
    } catch (RuntimeException e) {
      rest();
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean takeTurn() {
    looking = due && unacknowledged.size() < window;
    due &= !looking;
    return looking;
  }

  // The rounds look again.
  private synchronized void rest() {
    looking = false;
  }

  private InboxRows.Wanted wanted() {
    OffsetDateTime begin = since;
    if (begin == null) {
      begin = rows.now();
      since = begin;
    }
    synchronized (this) {
      List<UUID> news = List.copyOf(told);
      told.clear();
      return new InboxRows.Wanted(news, List.copyOf(unacknowledged), begin);
    }
  }

  /** Whether this one was not known before, and is within the window. */
  private synchronized boolean note(UUID id) {
    if (unacknowledged.size() >= window) {
      due = true;
      return false;
    }
    return !acknowledged.contains(id) && unacknowledged.add(id);
  }
}
