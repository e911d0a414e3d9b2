package io.taskfleet.worker.topic;

import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the records of one topic until Kafka takes them. A send blocks for seconds when its topic
 * is missing, so each topic has a virtual thread for what must not make others wait. What is queued
 * is bounded by what is in flight. Thread-safe.
 */
public final class TopicSender {
  private static final Logger log = LoggerFactory.getLogger(TopicSender.class);

  /** Bytes under way at most: a topic that takes nothing leaves the producer's buffer to others. */
  private static final int ROOM = 1 << 20;

  private final Producer<byte[], byte[]> producer;
  private final Queue<Publication> refused;
  private final BlockingQueue<Publication> waiting = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(ROOM);
  private final Thread thread;

  // Written by whichever thread learns how a record fared.
  private volatile boolean failing;

  /**
   * A sender to one topic; not started.
   *
   * @param refused where records go that are to be queued here again, later
   */
  public TopicSender(String topic, Producer<byte[], byte[]> producer, Queue<Publication> refused) {
    this.producer = producer;
    this.refused = refused;
    this.thread = Thread.ofVirtual().name("send-" + topic).unstarted(this::run);
  }

  /** Starts sending. */
  public void start() {
    thread.start();
  }

  /** Whether its thread lives. */
  public boolean isAlive() {
    return thread.isAlive();
  }

  /** Whether the last record was refused. */
  public boolean isFailing() {
    return failing;
  }

  /** Sends nothing more of what is queued. */
  public void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        Publication next = waiting.take();
        int bytes = Math.min(ROOM, next.bytes());
        room.acquire(bytes);
        next.send(
            (place, failure) -> {
              room.release(bytes);
              next.onCompletion(place, failure);
            });
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** One record for this topic. */
  public final class Publication implements Callback {
    // Written by the producer's thread, between two sends.
    private ProducerRecord<byte[], byte[]> record;
    private final Runnable acknowledged;

    /**
     * A record that is not sent yet.
     *
     * @param acknowledged run once, when Kafka has the record
     */
    public Publication(ProducerRecord<byte[], byte[]> record, Runnable acknowledged) {
      this.record = record;
      this.acknowledged = acknowledged;
    }

    /** Sends it soon; never blocks. */
    public void queue() {
      waiting.add(this);
    }

    /** Sends it now; blocks when nobody knew yet that the topic is not to be reached. */
    public void sendOrQueue() {
      if (failing || !waiting.isEmpty()) {
        queue();
      } else {
        send(this);
      }
    }

    private void send(Callback callback) {
      try {
        var _ = producer.send(record, callback);
      } catch (RuntimeException failure) {
        callback.onCompletion(null, failure);
      }
    }

    // Often on the producer's own thread, which must never send: it is the one that unblocks sends.
    @Override
    public void onCompletion(@Nullable RecordMetadata place, @Nullable Exception failure) {
      if (failure == null) {
        if (failing) {
          failing = false;
        }
        acknowledged.run();
        return;
      }
      ProducerRecord<byte[], byte[]> smaller =
          failure instanceof RecordTooLargeException ? DeadLetter.smaller(record) : null;
      if (smaller != null) {
        log.error("{} does not take a record of this size; less of it is sent", record.topic());
        record = smaller;
        queue();
      } else {
        if (!failing) {
          log.warn(
              "{} refuses records, their offsets wait: {}", record.topic(), failure.toString());
        }
        failing = true;
        refused.add(this);
      }
    }

    private int bytes() {
      int bytes = length(record.key()) + length(record.value());
      for (Header header : record.headers()) {
        bytes += header.key().length() + length(header.value());
      }
      return bytes;
    }

    private static int length(byte @Nullable [] bytes) {
      return bytes == null ? 0 : bytes.length;
    }
  }
}
