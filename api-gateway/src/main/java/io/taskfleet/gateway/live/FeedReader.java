package io.taskfleet.gateway.live;

import io.taskfleet.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Reads the topic of lifecycle events for everybody who listens, on a thread of its own: from its
 * end on, as a member of no group.
 */
final class FeedReader implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(FeedReader.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration CHECK = Duration.ofSeconds(30);

  private final Feed feed;
  private final EventTopic topic;
  private final Duration linger;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("event-reader").unstarted(this::run);
  private volatile boolean closed;

  // The reader's thread only.
  private long heardNanos;
  private long checkNanos;

  FeedReader(Feed feed, EventTopic topic, Duration linger) {
    this.feed = feed;
    this.topic = topic;
    this.linger = linger;
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public boolean isRunning() {
    return thread.isAlive() && !closed;
  }

  /** Lets everybody go who listens, before the server waits for its requests to end. */
  @Override
  public void stop() {
    // The reader finds out when it has polled: interrupted, a consumer closes with a complaint.
    closed = true;
    feed.close();
  }

  private void run() {
    try {
      while (!closed && feed.awaitListeners()) {
        try (Consumer<byte[], byte @Nullable []> consumer = topic.consumer()) {
          follow(consumer);
        } catch (InterruptException stopped) {
          return;
        } catch (KafkaException away) {
          LOG.warn("Lifecycle events cannot be read: {}", away.toString());
          Thread.sleep(AGAIN);
        } catch (RuntimeException defect) {
          LOG.error("Lifecycle events cannot be read", defect);
          Thread.sleep(AGAIN);
        } finally {
          feed.interrupt();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(Consumer<byte[], byte @Nullable []> consumer) {
    EventTopic.Identity identity = topic.identity();
    List<TopicPartition> partitions = identity.all();
    consumer.assign(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    ends.forEach(consumer::seek);
    Offsets next = offsets(ends);
    feed.begin(identity.id(), offsets(consumer.beginningOffsets(partitions)), next);
    heardNanos = System.nanoTime();
    checkNanos = heardNanos + CHECK.toNanos();
    while (!closed && !isUnheard() && isStill(identity, consumer)) {
      List<LifecycleEvent> events = new ArrayList<>();
      for (ConsumerRecord<byte[], byte @Nullable []> record : consumer.poll(POLL)) {
        LifecycleEvent.in(record).ifPresent(events::add);
      }
      partitions.forEach(each -> next.advance(each.partition(), consumer.position(each)));
      feed.add(events, next);
    }
  }

  private boolean isUnheard() {
    long now = System.nanoTime();
    if (feed.isHeard()) {
      heardNanos = now;
      return false;
    }
    return now - heardNanos > linger.toNanos() && feed.pauseIfUnheard();
  }

  /** Whether the topic is what it was, as far as is known; says what has been deleted of it. */
  private boolean isStill(
      EventTopic.Identity identity, Consumer<byte[], byte @Nullable []> consumer) {
    if (System.nanoTime() - checkNanos < 0) {
      return true;
    }
    checkNanos = System.nanoTime() + CHECK.toNanos();
    try {
      feed.beginsAt(offsets(consumer.beginningOffsets(identity.all())));
      return topic.identity().equals(identity);
    } catch (InterruptException stopped) {
      throw stopped;
    } catch (KafkaException away) {
      return true;
    }
  }

  private static Offsets offsets(Map<TopicPartition, Long> of) {
    return new Offsets(
        IntStream.range(0, of.size())
            .mapToLong(number -> of.getOrDefault(new TopicPartition(Topics.EVENTS, number), 0L))
            .toArray());
  }
}
