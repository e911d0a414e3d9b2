package io.taskfleet.worker.timer;

import static io.taskfleet.task.Priority.BULK;
import static io.taskfleet.task.Priority.HIGH;
import static io.taskfleet.task.Priority.NORMAL;

import io.taskfleet.task.Priority;
import io.taskfleet.worker.timer.Publisher.Sent;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts tasks that are due back on their topics. Any number of relays share the work: each claims
 * tasks for the time of a lease, publishes them, and marks those that Kafka has acknowledged while
 * the next ones are on their way. What a relay leaves behind when it dies is due again when the
 * lease has run out.
 */
public final class Relay {
  private static final Logger log = LoggerFactory.getLogger(Relay.class);
  private static final int BATCH = 500;
  private static final Duration SWEEP = Duration.ofSeconds(3);

  /**
   * Whose tasks go first, claim after claim: in the shares in which permits are given by default.
   */
  private static final List<Priority> FIRST =
      List.of(HIGH, NORMAL, HIGH, HIGH, NORMAL, HIGH, BULK, HIGH, NORMAL, HIGH);

  /**
   * As long as a send may take to fail, so that nothing is published twice only because Kafka is
   * slow; also how long a record that Kafka refuses is left alone.
   */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private final DueTasks tasks;
  private final ParkedTasks parked;
  private final Schedules schedules;
  private final Publisher publisher;
  private final Duration interval;
  private final List<Sent> unsettled = new ArrayList<>();
  private final Thread thread = Thread.ofPlatform().name("timer-relay").unstarted(this::run);
  private final AtomicLong moved = new AtomicLong();
  private long sweptAt = System.nanoTime();
  private int turn;
  private volatile boolean stopped;

  /**
   * A relay between this table and these topics.
   *
   * @param producer idempotent, {@code acks=all}
   * @param schedules fired on this one's thread, before it looks what is due
   * @param interval how often it looks when nothing is due
   */
  public Relay(
      DataSource database,
      Producer<byte[], byte[]> producer,
      Schedules schedules,
      Duration interval) {
    this(database, producer, schedules, interval, LEASE);
  }

  Relay(
      DataSource database,
      Producer<byte[], byte[]> producer,
      Schedules schedules,
      Duration interval,
      Duration lease) {
    this.schedules = schedules;
    this.tasks = new DueTasks(database, lease);
    this.parked = new ParkedTasks(database);
    this.publisher = new Publisher(producer);
    this.interval = interval;
  }

  /** Starts looking. */
  public void start() {
    thread.start();
  }

  /** Whether its thread has ended though nobody stopped it. */
  public boolean hasDied() {
    return !stopped && thread.getState() == Thread.State.TERMINATED;
  }

  /** How many due tasks Kafka has taken from this relay since the start. */
  public long moved() {
    return moved.get();
  }

  /**
   * Claims nothing more, marks what is under way and stops; twice is harmless. Answers whether that
   * was done in time.
   */
  public boolean drain(Duration deadline) throws InterruptedException {
    stopped = true;
    if (thread.isAlive() && !thread.join(deadline)) {
      thread.interrupt();
      return false;
    }
    return true;
  }

  private void run() {
    boolean away = false;
    try {
      while (!stopped || publisher.isBusy() || !unsettled.isEmpty()) {
        try {
          publisher.await(round(), unsettled);
          away = false;
        } catch (SQLException | RuntimeException e) {
          if (!away) {
            log.warn("due tasks wait: {}", e.toString());
          }
          if (stopped) {
            return;
          }
          away = true;
          Thread.sleep(interval);
        }
      }
    } catch (InterruptedException e) {
      log.info("relay stopped; what it has not marked is published again after its lease");
    }
  }

  /** Answers how long there is nothing to do unless a send ends. */
  private Duration round() throws SQLException {
    settle();
    if (stopped) {
      return interval;
    }
    // Kafka is not needed for it: a schedule must not miss its time because Kafka is away.
    Duration untilFiring = schedules.fireDue();
    Duration quiet = untilFiring.compareTo(interval) < 0 ? untilFiring : interval;
    if (publisher.room() <= 0) {
      return quiet;
    }
    sweep();
    Priority first = FIRST.get(turn);
    List<Claim> due = tasks.claim(BATCH, publisher.room(), first, publisher.closedBacklogs());
    if (due.isEmpty()) {
      return tasks.untilNext().filter(next -> next.compareTo(quiet) < 0).orElse(quiet);
    }
    turn = (turn + 1) % FIRST.size();
    publisher.publish(due);
    return Duration.ZERO;
  }

  /** A record that Kafka refused is in neither list: it is left to its lease. */
  private void settle() throws SQLException {
    if (!unsettled.isEmpty()) {
      List<Claim> published =
          unsettled.stream().filter(Sent::isPublished).map(Sent::claim).toList();
      tasks.settle(
          published, unsettled.stream().filter(Sent::isToBeTriedAgain).map(Sent::claim).toList());
      unsettled.clear();
      moved.addAndGet(published.size());
    }
  }

  private void sweep() throws SQLException {
    if (System.nanoTime() - sweptAt > SWEEP.toNanos()) {
      sweptAt = System.nanoTime();
      int released = parked.release();
      if (released > 0) {
        log.info("released {} tasks that waited behind finished ones", released);
      }
    }
  }
}
