package io.taskfleet.worker.quarantine;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that may have been started by a worker that did not live to tell. Each start is counted
 * in Postgres first, once the record has its permits, so that none is accused while an operator or
 * a cap holds it. Of those that were under way in two crashes one runs at a time, so that the third
 * accuses a single one of them; that one is dead then.
 */
public final class Suspects {
  private static final Logger log = LoggerFactory.getLogger(Suspects.class);
  private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(200);

  /** Crashes a record may be seen in before it runs alone. */
  private static final int ALONE_AFTER = 2;

  /** Crashes after which it does not run any more. */
  private static final int DEAD_AFTER = 3;

  private final CrashLedger crashes;
  private final List<Suspect> uncounted = new ArrayList<>();
  private final ArrayDeque<Suspect> apart = new ArrayDeque<>();

  /** Counted with the others of their group, and put apart instead of being started. */
  private final List<Suspect> notStarted = new ArrayList<>();

  private final List<Suspect> ended = new ArrayList<>();
  private @Nullable Suspect alone;
  private long nextTry = System.nanoTime();

  /** None yet, counted in this ledger. */
  public Suspects(CrashLedger crashes) {
    this.crashes = crashes;
  }

  /** What is to become of a task that has its permits. */
  public enum Word {
    /** It may run. */
    START,
    /** It is kept here, with its permits, until it is counted. */
    WAIT,
    /** It is kept here until it may run alone, and needs no permits meanwhile. */
    APART,
    /** It does not run any more. */
    DIE
  }

  /** Says whether this one may start; one that may not is kept, and made ready again later. */
  public Word ask(Suspect task) {
    if (task.crashes == null) {
      uncounted.add(task);
      return Word.WAIT;
    }
    if (task.crashes >= DEAD_AFTER) {
      return Word.DIE;
    }
    if (task.crashes < ALONE_AFTER) {
      return Word.START;
    }
    if (task.equals(alone)) {
      return Word.START;
    }
    apart.add(task);
    notStarted.add(task);
    return Word.APART;
  }

  /** There is no permit for this one, who knows for how long: the others need not wait for it. */
  public void passOver(Suspect task) {
    if (task.equals(alone)) {
      alone = null;
    }
  }

  /** Whether Postgres did not count them when it was last asked to. */
  public boolean areHeldUp() {
    return !isEmpty() && System.nanoTime() - nextTry < 0;
  }

  /** Whether none is kept here. */
  public boolean isEmpty() {
    return uncounted.isEmpty() && apart.isEmpty();
  }

  /** Makes those ready that may start now, and answers whether there are any. */
  public boolean advance() {
    return count() || chooseNext();
  }

  /** It is counted once more when it has its permits. */
  private boolean chooseNext() {
    if ((alone != null && !alone.dropped) || apart.isEmpty() || System.nanoTime() - nextTry < 0) {
      return false;
    }
    acquit();
    if (!notStarted.isEmpty()) {
      nextTry = System.nanoTime() + RETRY;
      return false;
    }
    alone = apart.remove();
    alone.crashes = null;
    alone.release();
    return true;
  }

  private boolean count() {
    if (uncounted.isEmpty() || System.nanoTime() - nextTry < 0) {
      return false;
    }
    acquit();
    try {
      List<Suspect> counted = List.copyOf(uncounted);
      List<Integer> starts = crashes.begin(counted.stream().map(task -> task.record).toList());
      uncounted.clear();
      for (int i = 0; i < starts.size(); i++) {
        Suspect task = counted.get(i);
        task.crashes = starts.get(i) - 1;
        task.release();
      }
      if (!notStarted.isEmpty()) {
        // Now: the one that runs alone may take the worker down.
        acquit();
      }
      return true;
    } catch (SQLException e) {
      log.warn("{} records wait to be counted: {}", uncounted.size(), e.toString());
      nextTry = System.nanoTime() + RETRY;
      return false;
    }
  }

  /** An attempt has ended, however it did, and the worker lives. */
  public void ended(Suspect task) {
    ended.add(task);
    if (task.equals(alone)) {
      alone = null;
    }
  }

  /** Makes ready again, so that they can leave their lanes, those whose window is gone. */
  public void releaseDropped() {
    releaseDropped(uncounted);
    releaseDropped(apart);
  }

  private static void releaseDropped(Collection<Suspect> kept) {
    kept.stream().filter(task -> task.dropped).forEach(Suspect::release);
    kept.removeIf(task -> task.dropped);
  }

  /** Forgets, from time to time, the starts of those that ended, or did not start after all. */
  public void acquit() {
    try {
      crashes.takeBack(notStarted.stream().map(task -> task.record).toList());
      notStarted.clear();
      if (!ended.isEmpty()) {
        crashes.end(ended.stream().map(task -> task.record).toList());
        ended.clear();
      }
    } catch (SQLException e) {
      log.debug("Postgres does not forget starts: {}", e.toString());
    }
  }
}
