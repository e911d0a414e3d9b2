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
 * in Postgres first. Of those that were under way in two crashes one runs at a time, so that the
 * third accuses a single one of them; that one is dead then. What waits here has no permit.
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

  /** What is to become of a task whose turn has come. */
  public enum Word {
    /** It may run. */
    START,
    /** It is kept here until it is made ready again. */
    WAIT,
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
    return Word.WAIT;
  }

  /** Tasks kept here that may start as soon as they are counted. */
  public int uncounted() {
    return uncounted.size();
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

  /** Only the one that is to run alone stays counted: the others have not been started. */
  private boolean chooseNext() {
    if ((alone != null && !alone.dropped) || apart.isEmpty() || System.nanoTime() - nextTry < 0) {
      return false;
    }
    try {
      acquit();
      crashes.takeBack(notStarted.stream().map(task -> task.record).toList());
      notStarted.clear();
      crashes.begin(List.of(apart.element().record));
      alone = apart.remove();
      alone.release();
      return true;
    } catch (SQLException e) {
      log.warn("{} records wait to be counted: {}", apart.size(), e.toString());
      nextTry = System.nanoTime() + RETRY;
      return false;
    }
  }

  private boolean count() {
    if (uncounted.isEmpty() || System.nanoTime() - nextTry < 0) {
      return false;
    }
    acquit();
    try {
      List<Integer> starts = crashes.begin(uncounted.stream().map(task -> task.record).toList());
      // The last first: each goes back before those that wait.
      for (int i = starts.size() - 1; i >= 0; i--) {
        Suspect task = uncounted.get(i);
        task.crashes = starts.get(i) - 1;
        task.release();
      }
      uncounted.clear();
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

  /** Forgets, from time to time, the starts of those that ended. */
  public void acquit() {
    if (ended.isEmpty()) {
      return;
    }
    try {
      crashes.end(ended.stream().map(task -> task.record).toList());
      ended.clear();
    } catch (SQLException e) {
      log.debug("Postgres does not forget {} starts: {}", ended.size(), e.toString());
    }
  }
}
