package io.taskfleet.gateway.socket;

import io.taskfleet.gateway.web.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does regularly what must not depend on news: finds the inboxes of which Redis has not told, often
 * while it is away, and renews presence.
 */
final class Lookout {
  private static final int PEOPLE_AT_ONCE = 200;
  // Several in the life of an entry, so that one may be lost.
  private static final int RENEWALS = 3;

  private final Hub hub;
  private final Presence presence;
  private final Relay relay;
  private final InboxRows rows;
  private final SocketProperties properties;
  private final AtomicBoolean looking = new AtomicBoolean();

  private volatile boolean due;
  // The rounds' own.
  private long lookedNanos = System.nanoTime();
  private long renewedNanos = lookedNanos;

  Lookout(Hub hub, Presence presence, Relay relay, InboxRows rows, SocketProperties properties) {
    this.hub = hub;
    this.presence = presence;
    this.relay = relay;
    this.rows = rows;
    this.properties = properties;
  }

  /** Looks at all inboxes in the next round. */
  void lookSoon() {
    due = true;
  }

  void round() {
    long now = System.nanoTime();
    if (isPast(now, renewedNanos, properties.times().presence().dividedBy(RENEWALS))) {
      renewedNanos = now;
      presence.renew(hub.people());
    }
    SocketProperties.Inbox inbox = properties.inbox();
    Duration every = relay.isHearing() ? inbox.lookEvery() : inbox.lookEveryWithoutRedis();
    if (due || isPast(now, lookedNanos, every)) {
      due = false;
      lookedNanos = now;
      if (looking.compareAndSet(false, true)) {
        // Elsewhere: a slow Postgres must not hold up the rounds.
        Thread.ofVirtual().name("socket-lookout").start(this::look);
      }
    }
  }

  private static boolean isPast(long now, long since, Duration time) {
    return now - since >= time.toNanos();
  }

  private void look() {
    try {
      Set<Person> here = hub.people();
      List<Person> withInbox = here.stream().filter(each -> each.id().isPresent()).toList();
      for (int i = 0; i < withInbox.size(); i += PEOPLE_AT_ONCE) {
        rows.waiting(withInbox.subList(i, Math.min(withInbox.size(), i + PEOPLE_AT_ONCE)))
            .forEach(each -> hub.feeds(each, Feed::look));
      }
    } catch (ProblemException away) {
      due = true;
    } finally {
      looking.set(false);
    }
  }
}
