package io.taskfleet.worker.ledger;

import io.taskfleet.task.TaskState;
import io.taskfleet.wire.EventCodec;
import io.taskfleet.wire.StatusJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows a commit, on a thread of its own while the next commit runs: state told to Redis,
 * dead letters and events acknowledged by Kafka. An entry is finished when Kafka has all of it;
 * until then its offset stays where it is, so that a crash, or a topic that refuses, skips nothing.
 */
public final class Aftermath {
  private static final Logger log = LoggerFactory.getLogger(Aftermath.class);
  private static final long RESEND_AFTER_MILLIS = 1_000;
  private static final long IDLE_MILLIS = 200;

  private final Producer<byte[], byte[]> producer;
  private final StatusCache cache;
  private final StatusJson json = new StatusJson();
  private final BlockingQueue<List<Entry>> recorded = new LinkedBlockingQueue<>();
  private final Thread publisher = Thread.ofPlatform().name("aftermath").unstarted(this::run);

  /** Entries that were recorded and are not finished. */
  private final AtomicInteger unfinished = new AtomicInteger();

  private final AtomicLong unpublished = new AtomicLong();
  private volatile boolean stopped;

  // Written by the producer's thread.
  private volatile boolean refused;

  /**
   * An aftermath that publishes with this producer.
   *
   * @param producer idempotent, {@code acks=all}
   */
  public Aftermath(Producer<byte[], byte[]> producer, StatusCache cache) {
    this.producer = producer;
    this.cache = cache;
  }

  void start() {
    publisher.start();
  }

  /** Publishes, soon, what follows these outcomes, and finishes the entries when that is done. */
  void follow(List<Entry> entries) {
    unfinished.addAndGet(entries.size());
    recorded.add(entries);
  }

  boolean isAlive() {
    return publisher.isAlive();
  }

  /** Whether the last record sent was refused. */
  boolean isRefused() {
    return refused;
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

  private void publish(List<Entry> entries) {
    List<StatusCache.Cached> states = new ArrayList<>(entries.size());
    List<Publication> publications = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      try {
        StatusJson.Written status = json.write(entry.status());
        states.add(new StatusCache.Cached(entry.task().id(), status.whole()));
        addPublications(publications, entry, status.withoutBodies());
      } catch (RuntimeException e) {
        unpublished.incrementAndGet();
        log.error("task {} is recorded and nobody is told", entry.task().id(), e);
      }
    }
    cache.put(states);
    publications.forEach(Publication::send);
  }

  private void addPublications(List<Publication> publications, Entry entry, byte[] status) {
    boolean dead = entry.outcome().state() == TaskState.DEAD;
    Following following = new Following(entry, dead ? 2 : 1);
    ProducerRecord<byte[], byte[]> event =
        EventCodec.encode(
            entry.task().id(),
            entry.outcome().state(),
            status,
            entry.task().delivery(),
            entry.outcome().endedAt());
    if (dead) {
      publications.add(new Publication(DeadLetter.of(entry), following));
    }
    publications.add(new Publication(event, following));
  }

  /** An entry, and how many of its records Kafka has not acknowledged. */
  private final class Following {
    private final Entry entry;
    private final AtomicInteger outstanding;

    Following(Entry entry, int records) {
      this.entry = entry;
      this.outstanding = new AtomicInteger(records);
    }

    void acknowledged() {
      if (outstanding.decrementAndGet() > 0) {
        return;
      }
      entry.receipt().finished();
      if (unfinished.decrementAndGet() == 0) {
        synchronized (unfinished) {
          unfinished.notifyAll();
        }
      }
    }
  }

  /** One record, sent until Kafka takes it. */
  private final class Publication implements Callback {
    private ProducerRecord<byte[], byte[]> record;
    private final Following following;

    Publication(ProducerRecord<byte[], byte[]> record, Following following) {
      this.record = record;
      this.following = following;
    }

    void send() {
      try {
        var _ = producer.send(record, this);
      } catch (RuntimeException failure) {
        retry(failure);
      }
    }

    @Override
    public void onCompletion(RecordMetadata place, @Nullable Exception failure) {
      if (failure == null) {
        if (refused) {
          refused = false;
        }
        following.acknowledged();
      } else {
        retry(failure);
      }
    }

    private void retry(Exception failure) {
      if (failure instanceof RecordTooLargeException && record.value() != null) {
        log.error("{} does not take a record of this size; sent without its value", record.topic());
        record = DeadLetter.withoutValue(record);
        send();
        return;
      }
      if (!refused) {
        log.warn("{} refuses records, their offsets wait: {}", record.topic(), failure.toString());
      }
      refused = true;
      Executor later =
          CompletableFuture.delayedExecutor(RESEND_AFTER_MILLIS, TimeUnit.MILLISECONDS);
      later.execute(this::send);
    }
  }
}
