package io.taskfleet.worker.ledger;

import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.EventCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows a commit: dead letters and events acknowledged by Kafka, state told to Redis. An
 * entry is finished when Kafka has all of it; until then its offset stays where it is, so that a
 * crash, or a topic that refuses, skips nothing.
 */
public final class Aftermath {
  private static final Logger log = LoggerFactory.getLogger(Aftermath.class);
  private static final long RESEND_AFTER_MILLIS = 1_000;

  private final Producer<byte[], byte[]> producer;
  private final StatusCache cache;
  private final AtomicInteger unacknowledged = new AtomicInteger();

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

  /** Publishes what follows these outcomes, and finishes the entries when that is done. */
  void follow(List<Entry> recorded) {
    List<TaskStatus> statuses = new ArrayList<>(recorded.size());
    for (Entry entry : recorded) {
      TaskStatus status = entry.status();
      statuses.add(status);
      CompletableFuture<Void> acknowledged =
          send(EventCodec.encode(status, entry.task().delivery(), entry.outcome().endedAt()));
      if (status.state() == TaskState.DEAD) {
        acknowledged = CompletableFuture.allOf(acknowledged, send(DeadLetter.of(entry)));
      }
      var _ = acknowledged.thenRun(entry.receipt()::finished);
    }
    cache.put(statuses);
  }

  /** Whether the last record sent was refused. */
  boolean isRefused() {
    return refused;
  }

  /** Waits until Kafka has acknowledged everything, at most this long. */
  void drain(Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    synchronized (unacknowledged) {
      while (unacknowledged.get() > 0 && System.nanoTime() < end) {
        TimeUnit.NANOSECONDS.timedWait(unacknowledged, end - System.nanoTime());
      }
    }
  }

  private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> record) {
    CompletableFuture<Void> acknowledged = new CompletableFuture<>();
    unacknowledged.incrementAndGet();
    send(record, acknowledged);
    return acknowledged.whenComplete((_, _) -> acknowledge());
  }

  private void acknowledge() {
    if (unacknowledged.decrementAndGet() == 0) {
      synchronized (unacknowledged) {
        unacknowledged.notifyAll();
      }
    }
  }

  private void send(ProducerRecord<byte[], byte[]> record, CompletableFuture<Void> acknowledged) {
    try {
      var _ =
          producer.send(
              record,
              (_, failure) -> {
                if (failure == null) {
                  acknowledged.complete(null);
                } else {
                  retry(record, acknowledged, failure);
                }
              });
    } catch (RuntimeException failure) {
      retry(record, acknowledged, failure);
    }
  }

  private void retry(
      ProducerRecord<byte[], byte[]> record,
      CompletableFuture<Void> acknowledged,
      Exception failure) {
    if (failure instanceof RecordTooLargeException && record.value() != null) {
      log.error("{} does not take a record of this size; sent without its value", record.topic());
      send(DeadLetter.withoutValue(record), acknowledged);
      return;
    }
    if (!refused) {
      log.warn("{} refuses records, their offsets wait: {}", record.topic(), failure.toString());
    }
    refused = true;
    Executor later = CompletableFuture.delayedExecutor(RESEND_AFTER_MILLIS, TimeUnit.MILLISECONDS);
    later.execute(() -> send(record, acknowledged));
  }
}
