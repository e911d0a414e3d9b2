package io.taskfleet.worker.ledger;

import io.taskfleet.task.TaskState;
import io.taskfleet.wire.EventCodec;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StatusJson;
import io.taskfleet.wire.Topics;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.effect.Inboxes;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.topic.DeadLetter;
import io.taskfleet.worker.topic.TopicSender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows a commit, on a thread of its own while the next commit runs: state told to Redis,
 * dead letters and events acknowledged by Kafka. An entry is finished when Kafka has all of it;
 * until then its offset stays where it is, so that a crash, or a topic that refuses, skips nothing.
 *
 * <p>Events are sent by that thread for as long as their topic takes them. Dead letters are sent by
 * a thread for each of their topics, and one more thread gives back to its sender what was refused.
 */
public final class Aftermath {
  private static final Logger log = LoggerFactory.getLogger(Aftermath.class);
  private static final Duration RESEND_AFTER = Duration.ofSeconds(1);
  private static final long IDLE_MILLIS = 200;

  private final Producer<byte[], byte[]> producer;
  private final StatusCache cache;
  private final StatusJson json = new StatusJson();
  private final BlockingQueue<List<Entry>> recorded = new LinkedBlockingQueue<>();
  private final BlockingQueue<TopicSender.Publication> refused = new LinkedBlockingQueue<>();
  private final TopicSender events;

  /** By topic; grown by the publisher, and never beyond the task types of this worker. */
  private final Map<String, TopicSender> deadLetters = new ConcurrentHashMap<>();

  private final Thread publisher = Thread.ofPlatform().name("aftermath").unstarted(this::run);
  private final Thread resender =
      Thread.ofVirtual().name("aftermath-resend").unstarted(this::resend);

  /** Entries that were recorded and may still be finished. */
  private final AtomicInteger unfinished = new AtomicInteger();

  private final AtomicLong unpublished = new AtomicLong();
  private volatile boolean stopped;

  /**
   * An aftermath that publishes with this producer.
   *
   * @param producer idempotent, {@code acks=all}
   */
  public Aftermath(Producer<byte[], byte[]> producer, StatusCache cache) {
    this.producer = producer;
    this.cache = cache;
    this.events = new TopicSender(Topics.EVENTS, producer, refused);
  }

  void start() {
    events.start();
    resender.start();
    publisher.start();
  }

  /** Publishes, soon, what follows these outcomes, and finishes the entries when that is done. */
  void follow(List<Entry> entries) {
    unfinished.addAndGet(entries.size());
    recorded.add(entries);
  }

  /** What was said of these may be wrong: that they run, when they were cancelled before. */
  void forget(List<UUID> tasks) {
    cache.forget(tasks);
  }

  boolean isAlive() {
    return publisher.isAlive()
        && resender.isAlive()
        && events.isAlive()
        && deadLetters.values().stream().allMatch(TopicSender::isAlive);
  }

  /** Whether the last record sent to some topic was refused. */
  boolean isRefused() {
    return events.isFailing() || deadLetters.values().stream().anyMatch(TopicSender::isFailing);
  }

  /** How many entries cannot be published; their records come again after a restart. */
  long unpublished() {
    return unpublished.get();
  }

  /** Waits until Kafka has acknowledged everything, at most this long, and stops. */
  void drain(Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    synchronized (unfinished) {
      while (unfinished.get() > 0 && System.nanoTime() < end) {
        TimeUnit.NANOSECONDS.timedWait(unfinished, end - System.nanoTime());
      }
    }
    stopped = true;
    resender.interrupt();
    events.stop();
    deadLetters.values().forEach(TopicSender::stop);
  }

  private void run() {
    while (!stopped) {
      try {
        List<Entry> entries = recorded.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (entries != null) {
          publish(entries);
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** One wait for all that were refused meanwhile, since there may be as many as are in flight. */
  private void resend() {
    List<TopicSender.Publication> again = new ArrayList<>();
    try {
      while (true) {
        again.add(refused.take());
        Thread.sleep(RESEND_AFTER);
        refused.drainTo(again);
        again.forEach(TopicSender.Publication::queue);
        again.clear();
      }
    } catch (InterruptedException drained) {
      Thread.currentThread().interrupt();
    }
  }

  private void publish(List<Entry> entries) {
    Consequences all = new Consequences(entries.size());
    for (Entry entry : entries) {
      try {
        add(entry, all);
      } catch (RuntimeException e) {
        unpublished.incrementAndGet();
        log.error("task {} is recorded and nobody is told", entry.task().id(), e);
        ended();
      }
    }
    cache.put(all.states);
    cache.publish(RedisKeys.INBOXES, all.arrivals);
    all.deadLetters.forEach(TopicSender.Publication::queue);
    all.events.forEach(TopicSender.Publication::sendOrQueue);
  }

  /** What follows from one group, in the order in which it is told. */
  private static final class Consequences {
    final List<StatusCache.Cached> states;
    final List<TopicSender.Publication> deadLetters = new ArrayList<>();
    final List<byte[]> arrivals = new ArrayList<>();
    final List<TopicSender.Publication> events;

    Consequences(int entries) {
      this.states = new ArrayList<>(entries);
      this.events = new ArrayList<>(entries);
    }
  }

  private void add(Entry entry, Consequences all) {
    StatusJson.Written status = json.write(entry.status());
    boolean dead = entry.outcome().state() == TaskState.DEAD;
    Following following = new Following(entry, dead ? 2 : 1);
    ProducerRecord<byte[], byte[]> event =
        EventCodec.encode(
            entry.task().id(),
            entry.outcome().state(),
            status.withoutBodies(),
            entry.task().delivery(),
            entry.outcome().endedAt());
    if (dead) {
      ProducerRecord<byte[], byte[]> letter =
          DeadLetter.of(entry.record(), entry.status(), entry.outcome().firstFailedAt());
      TopicSender sender = deadLetters.computeIfAbsent(letter.topic(), this::startSender);
      all.deadLetters.add(sender.new Publication(letter, following));
    }
    all.events.add(events.new Publication(event, following));
    all.states.add(new StatusCache.Cached(entry.task().id(), status.whole()));
    all.arrivals.addAll(Inboxes.news(entry));
  }

  private TopicSender startSender(String topic) {
    TopicSender sender = new TopicSender(topic, producer, refused);
    sender.start();
    return sender;
  }

  private void ended() {
    if (unfinished.decrementAndGet() == 0) {
      synchronized (unfinished) {
        unfinished.notifyAll();
      }
    }
  }

  /** An entry, and how many of its records Kafka has not acknowledged; run for each that it has. */
  private final class Following implements Runnable {
    private final Entry entry;
    private final AtomicInteger outstanding;

    Following(Entry entry, int records) {
      this.entry = entry;
      this.outstanding = new AtomicInteger(records);
    }

    @Override
    public void run() {
      if (outstanding.decrementAndGet() == 0) {
        entry.receipt().finished();
        ended();
      }
    }
  }
}
