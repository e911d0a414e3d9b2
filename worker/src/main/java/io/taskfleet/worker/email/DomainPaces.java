package io.taskfleet.worker.email;

import io.taskfleet.worker.failure.CallRefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How fast recipients of one domain get mails from this worker. Nobody waits here: a mail that is
 * too early is told when it is its turn. Thread-safe.
 */
final class DomainPaces {
  private static final String ANY = "*";
  private static final int REMEMBERED = 10_000;
  private static final Duration SOON = Duration.ofSeconds(1);

  /** Beyond this the turns start over. */
  private static final Duration SPREAD = Duration.ofMinutes(1);

  private final Map<String, Integer> perSecond;
  private final Clock clock;

  // Guarded by itself; in the order of last use.
  private final Map<String, Pace> paces =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Pace> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * Paces as configured.
   *
   * @param perSecond mails by domain; {@code *} for each of those not named
   */
  DomainPaces(Map<String, Integer> perSecond, Clock clock) {
    this.perSecond = perSecond;
    this.clock = clock;
  }

  /**
   * Lets a mail through to these domains, each named once.
   *
   * @throws CallRefusedException if it is too early for one of them; then it counts for none
   */
  void take(Collection<String> domains) throws CallRefusedException {
    if (perSecond.isEmpty()) {
      return;
    }
    synchronized (paces) {
      refuseIfTooEarly(domains);
      for (String domain : domains) {
        Pace pace = of(domain);
        if (pace != null) {
          pace.spend();
        }
      }
    }
  }

  /**
   * Refuses a mail as {@link #take} would, and counts none.
   *
   * @throws CallRefusedException if it is too early for one of these domains
   */
  void refuseIfTooEarly(Collection<String> domains) throws CallRefusedException {
    Instant now = clock.instant();
    synchronized (paces) {
      Duration wait = null;
      for (String domain : domains) {
        Pace pace = of(domain);
        if (pace != null && pace.isSpent(now)) {
          wait = pace.nextTurn(now);
        }
      }
      if (wait != null) {
        throw new CallRefusedException("too many mails to the domain in this second", wait);
      }
    }
  }

  private @Nullable Pace of(String domain) {
    Integer limit = perSecond.getOrDefault(domain, perSecond.get(ANY));
    return limit == null ? null : paces.computeIfAbsent(domain, _ -> new Pace(limit));
  }

  private static final class Pace {
    private final int limit;
    private long second;
    private int spent;
    private Instant lastTurn = Instant.EPOCH;

    Pace(int limit) {
      this.limit = limit;
    }

    boolean isSpent(Instant now) {
      if (now.getEpochSecond() != second) {
        second = now.getEpochSecond();
        spent = 0;
      }
      return spent >= limit;
    }

    void spend() {
      spent++;
    }

    Duration nextTurn(Instant now) {
      Instant first = now.plus(SOON);
      Instant turn = lastTurn.plus(SOON.dividedBy(limit));
      if (turn.isBefore(first) || turn.isAfter(first.plus(SPREAD))) {
        turn = first;
      }
      lastTurn = turn;
      return Duration.between(now, turn);
    }
  }
}
