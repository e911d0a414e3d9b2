package io.taskfleet.gateway.live;

import io.taskfleet.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads again from Kafka what streams have missed, a piece at a time: few read side by side, the
 * others wait for their turn, and nobody writes to a client meanwhile.
 */
final class Replays implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final EventTopic topic;
  private final LiveProperties.Replay properties;
  private final Semaphore turns;
  private final Deque<Consumer<byte[], byte @Nullable []>> idle = new ConcurrentLinkedDeque<>();

  Replays(EventTopic topic, LiveProperties.Replay properties) {
    this.topic = topic;
    this.properties = properties;
    this.turns = new Semaphore(properties.atOnce(), true);
  }

  /**
   * A tenant's events from one place up to another one.
   *
   * @param upTo where they end: not as far as was asked for, if there are many
   */
  record Piece(List<LifecycleEvent> events, Offsets upTo) {}

  /** What is asked for. */
  record Gap(String tenant, Offsets from, Offsets until) {
    private List<TopicPartition> partitions() {
      return IntStream.range(0, until.size())
          .filter(partition -> from.next(partition) < until.next(partition))
          .mapToObj(partition -> new TopicPartition(Topics.EVENTS, partition))
          .toList();
    }
  }

  /** That the topic does not hold any more what was asked for. */
  static final class GoneException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Offsets first = new Offsets();

    private GoneException(OffsetOutOfRangeException cause) {
      super(cause);
      cause
          .offsetOutOfRangePartitions()
          .forEach((partition, offset) -> first.advance(partition.partition(), offset + 1));
    }

    /** The first offsets that may be there. */
    Offsets first() {
      return first;
    }
  }

  /** Reads the first piece of this gap, empty if that is not possible within this time. */
  Piece read(Gap gap, Duration time) throws InterruptedException, GoneException {
    Piece piece = new Piece(new ArrayList<>(), gap.from.copy());
    if (!turns.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS)) {
      return piece;
    }
    try {
      Consumer<byte[], byte @Nullable []> consumer = idle.poll();
      if (consumer == null) {
        consumer = topic.consumer();
      }
      boolean good = false;
      try {
        read(consumer, gap, piece);
        good = true;
      } finally {
        if (good) {
          idle.push(consumer);
        } else {
          consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
      }
    } catch (OffsetOutOfRangeException gone) {
      throw new GoneException(gone);
    } catch (KafkaException away) {
      // What has been read is good all the same.
      return piece;
    } finally {
      turns.release();
    }
    return piece;
  }

  private void read(Consumer<byte[], byte @Nullable []> consumer, Gap gap, Piece piece) {
    List<TopicPartition> left = new ArrayList<>(gap.partitions());
    seek(consumer, gap.from, left);
    long until = System.nanoTime() + properties.within().toNanos();
    long room = properties.bytes().toBytes();
    while (!left.isEmpty() && room > 0 && System.nanoTime() - until < 0) {
      for (ConsumerRecord<byte[], byte @Nullable []> record : consumer.poll(POLL)) {
        room -= take(record, gap, piece);
      }
      for (TopicPartition each : List.copyOf(left)) {
        long reached = consumer.position(each);
        long end = gap.until.next(each.partition());
        piece.upTo.advance(each.partition(), Math.min(reached, end));
        if (reached >= end) {
          left.remove(each);
          consumer.pause(List.of(each));
        }
      }
    }
  }

  // Often this goes on where it stopped, and what has been fetched already is good.
  private static void seek(
      Consumer<byte[], byte @Nullable []> consumer, Offsets from, List<TopicPartition> left) {
    boolean assigned = consumer.assignment().equals(Set.copyOf(left));
    if (!assigned) {
      consumer.assign(left);
    }
    consumer.resume(left);
    for (TopicPartition each : left) {
      long next = from.next(each.partition());
      if (!assigned || consumer.position(each) != next) {
        consumer.seek(each, next);
      }
    }
  }

  /** Takes the event in this record, if it is one of those; answers how large it is. */
  private static long take(ConsumerRecord<byte[], byte @Nullable []> record, Gap gap, Piece piece) {
    if (record.offset() >= gap.until.next(record.partition())) {
      return 0;
    }
    LifecycleEvent event = LifecycleEvent.in(record).orElse(null);
    if (event == null || !event.tenant().equals(gap.tenant)) {
      return 0;
    }
    piece.events.add(event);
    return event.bytes();
  }

  @Override
  public void close() {
    for (Consumer<byte[], byte @Nullable []> each = idle.poll(); each != null; each = idle.poll()) {
      each.close(CloseOptions.timeout(Duration.ZERO));
    }
  }
}
