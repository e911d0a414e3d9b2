package io.taskfleet.worker.ledger;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.worker.effect.Effects;
import io.taskfleet.worker.outcome.Ending;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.postgres.Transaction;
import io.taskfleet.worker.telemetry.LedgerMeters;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one writer of outcomes in this process. */
public final class Ledger {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);

  /** SQLSTATE of a statement that ran into its timeout. */
  private static final String TOO_SLOW = "57014";

  /** SQLSTATE of a row that is there already. */
  private static final String UNIQUE_VIOLATION = "23505";

  /** Groups written with the guard after one that met a row: where one is, more will be. */
  private static final int GUARDED = 1_000;

  private static final int GROUP = 512;
  private static final long GROUP_BYTES = 8 << 20;
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final DataSource database;
  private final TaskTable tasks;
  private final Effects effects;
  private final Aftermath aftermath;
  private final LedgerMeters meters;

  private final BlockingQueue<Entry> arrived = new LinkedBlockingQueue<>();
  private final Thread writer = Thread.ofPlatform().name("ledger").unstarted(this::run);
  private volatile boolean draining;
  private volatile boolean stalled;

  /** How many more groups are not taken for new, whatever they look like; the writer's own. */
  private int guarded;

  /** Deliveries whose outcome came too late to change anything. */
  private final AtomicLong fenced = new AtomicLong();

  private final AtomicLong unrecorded = new AtomicLong();

  /** A ledger of this worker in this database. */
  public Ledger(
      DataSource database,
      TaskTable tasks,
      Aftermath aftermath,
      LedgerMeters meters,
      String worker) {
    this.database = database;
    this.tasks = tasks;
    this.effects = new Effects(worker);
    this.aftermath = aftermath;
    this.meters = meters;
  }

  /** Starts writing. */
  public void start() {
    meters.watch(arrived::size, this::unrecorded, fenced);
    writer.start();
    aftermath.start();
  }

  /** Records an entry, soon; never blocks. */
  public void submit(Entry entry) {
    arrived.add(entry);
  }

  /** Whether its threads live. */
  public boolean isAlive() {
    return writer.isAlive() && aftermath.isAlive();
  }

  /** Whether Kafka has been refusing dead letters or events; their offsets wait meanwhile. */
  public boolean isUnpublished() {
    return aftermath.isRefused();
  }

  /** Whether Postgres has been refusing writes; entries wait meanwhile. */
  public boolean isStalled() {
    return stalled;
  }

  /** How many records no thread can finish any more; they come again after a restart. */
  public long unrecorded() {
    return unrecorded.get() + aftermath.unpublished();
  }

  /** How many outcomes came too late to change anything since the start. */
  public long fenced() {
    return fenced.get();
  }

  /** Writes what has arrived and stops; gives up on what is left at the deadline. */
  public void drain(Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    draining = true;
    if (writer.isAlive() && !writer.join(deadline)) {
      writer.interrupt();
    }
    aftermath.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
  }

  private void run() {
    ArrayDeque<Entry> waiting = new ArrayDeque<>();
    try {
      while (!(draining && waiting.isEmpty() && arrived.isEmpty())) {
        if (waiting.isEmpty()) {
          Entry first = arrived.poll(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
          if (first == null) {
            continue;
          }
          waiting.add(first);
        }
        arrived.drainTo(waiting, Math.max(0, GROUP - waiting.size()));
        record(nextGroup(waiting), false);
      }
    } catch (InterruptedException e) {
      log.warn("ledger stopped with {} entries unwritten", waiting.size() + arrived.size());
      Thread.currentThread().interrupt();
    }
  }

  /** What can go into one statement: not too much, and a row may be touched only once in it. */
  private static List<Entry> nextGroup(ArrayDeque<Entry> waiting) {
    List<Entry> group = new ArrayList<>(waiting.size());
    Set<UUID> ids = HashSet.newHashSet(waiting.size());
    long bytes = 0;
    while (!waiting.isEmpty() && bytes < GROUP_BYTES && ids.add(waiting.getFirst().task().id())) {
      Entry next = waiting.removeFirst();
      bytes += next.bytes();
      group.add(next);
    }
    // Two workers that write the same rows must lock them in one order.
    group.sort(Comparator.comparing(entry -> entry.task().id()));
    return group;
  }

  /**
   * Writes the group, however long that takes.
   *
   * @param bare whether it is one entry that holds nothing from outside any more
   */
  private void record(List<Entry> group, boolean bare) throws InterruptedException {
    while (true) {
      try {
        long began = System.nanoTime();
        Written written = commit(group);
        stalled = false;
        meters.committed(group.size(), System.nanoTime() - began, written.recorded);
        written.notices.forEach(Runnable::run);
        aftermath.follow(written.toFollow);
        return;
      } catch (SQLException e) {
        if (group.size() > 1 && (isRefusalOfData(e) || TOO_SLOW.equals(e.getSQLState()))) {
          recordHalves(group);
          return;
        }
        if (isRefusalOfData(e)) {
          refuse(group.getFirst(), e, bare);
          return;
        }
        if (!stalled) {
          log.warn("Postgres does not take outcomes, they wait: {}", e.toString());
        }
        stalled = true;
        Thread.sleep(PAUSE);
      } catch (RuntimeException e) {
        // A defect must cost one record its turn, not the worker its ledger.
        if (group.size() > 1) {
          recordHalves(group);
        } else {
          giveUp(group.getFirst(), e);
        }
        return;
      }
    }
  }

  /** One entry that cannot be written must not hold up the others. */
  private void recordHalves(List<Entry> group) throws InterruptedException {
    record(group.subList(0, group.size() / 2), false);
    record(group.subList(group.size() / 2, group.size()), false);
  }

  private void refuse(Entry entry, SQLException e, boolean bare) throws InterruptedException {
    if (bare) {
      giveUp(entry, e);
      return;
    }
    log.error("task {} cannot be stored ({}); it is dead", entry.task().id(), e.getSQLState());
    record(List.of(unstorable(entry)), true);
  }

  /** Its offset stays where it is, so that nothing is skipped. */
  private void giveUp(Entry entry, Exception e) {
    unrecorded.incrementAndGet();
    log.error(
        "task {} is not recorded; its record comes again after a restart", entry.task().id(), e);
  }

  /** The same with nothing in it that came from outside and was not checked when it came. */
  private static Entry unstorable(Entry entry) {
    Task task = entry.task();
    Entry.Outcome was = entry.outcome();
    Task bare =
        new Task(
            task.id(),
            task.tenant(),
            task.type(),
            task.priority(),
            task.id().toString(),
            task.payload(),
            was.endedAt(),
            task.options(),
            null,
            task.batchId(),
            task.delivery());
    Entry.Outcome dead =
        new Ending(was.attempt(), was.firstFailedAt(), was.startedAt(), was.endedAt())
            .undecodable(ReasonCode.FORBIDDEN_CHARACTER, "Postgres cannot store it");
    return new Entry(entry.record(), bare, entry.keyPosition(), dead, entry.receipt());
  }

  /**
   * What is to be done when the transaction has committed, and only then.
   *
   * @param recorded entries that changed something
   * @param toFollow entries whose consequences are to be published
   * @param notices for those that changed nothing
   */
  private record Written(List<Entry> recorded, List<Entry> toFollow, List<Runnable> notices) {}

  /**
   * First deliveries are nearly always new, but for records that come again and for follow-up
   * tasks, and new rows cost less without the guard. Where that was wrong nothing has happened, and
   * the guard decides.
   */
  private Written commit(List<Entry> group) throws SQLException {
    if (guarded > 0) {
      guarded--;
    } else if (group.stream().allMatch(entry -> entry.task().delivery() == 1)) {
      try {
        return commit(group, tasks::insert);
      } catch (SQLException e) {
        if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
          throw e;
        }
        guarded = GUARDED;
      }
    }
    return commit(group, tasks::write);
  }

  /** Writes entries, and answers the ids of those that changed something. */
  @FunctionalInterface
  private interface Write {
    Set<UUID> to(Connection connection, List<Entry> entries) throws SQLException;
  }

  private Written commit(List<Entry> group, Write rows) throws SQLException {
    return Transaction.run(
        database,
        connection -> {
          Set<UUID> changed = rows.to(connection, group);
          effects.write(connection, group, changed);
          return sort(connection, group, changed);
        });
  }

  /**
   * An entry that changed nothing was either fenced, or recorded by a process that died before it
   * had published what follows; the row tells which.
   */
  private Written sort(Connection connection, List<Entry> group, Set<UUID> changed)
      throws SQLException {
    if (changed.size() == group.size()) {
      return new Written(group, group, List.of());
    }
    List<Entry> unchanged = group.stream().filter(e -> !changed.contains(e.task().id())).toList();
    Map<UUID, KnownTask> rows =
        TaskTable.find(connection, unchanged.stream().map(entry -> entry.task().id()).toList());
    List<Entry> recorded = new ArrayList<>(group.size());
    List<Entry> toFollow = new ArrayList<>(group.size());
    List<Runnable> notices = new ArrayList<>();
    List<Entry> late = new ArrayList<>();
    for (Entry entry : group) {
      KnownTask row = rows.get(entry.task().id());
      if (row == null) {
        recorded.add(entry);
        toFollow.add(entry);
      } else if (row.isFrom(entry.record())) {
        if (entry.outcome().isOfAnotherAttemptThan(row.outcome())) {
          notices.add(fenced::incrementAndGet);
        }
        toFollow.add(entry.with(row.outcome()));
      } else if (!row.hasPayloadOf(entry.task())) {
        notices.add(entry.receipt()::conflicted);
      } else {
        late.add(entry);
      }
    }
    notices.add(() -> fence(late));
    return new Written(recorded, toFollow, notices);
  }

  private void fence(List<Entry> late) {
    fenced.addAndGet(late.size());
    aftermath.forget(late.stream().map(entry -> entry.task().id()).toList());
    for (Entry entry : late) {
      Task task = entry.task();
      log.info("task {}: outcome of delivery {} came too late", task.id(), task.delivery());
      entry.receipt().finished();
    }
  }

  /** Data exception, integrity violation, or beyond a limit of Postgres (SQLSTATE 22, 23, 54). */
  private static boolean isRefusalOfData(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
  }
}
