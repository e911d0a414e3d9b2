package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.submit.TaskPublisher;
import io.taskfleet.task.Task;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;

/**
 * Tasks on their way to Kafka, and how many of them have arrived. One thread sends; the producer's
 * own tells what became of it.
 */
final class Handover {
  private final TaskPublisher publisher;
  private final Producer<byte[], byte[]> producer;
  private final Window window;
  private final Duration patience;
  // One more than are under way, until nothing more is to come.
  private final AtomicInteger underWay = new AtomicInteger(1);
  private final AtomicInteger acknowledged = new AtomicInteger();
  private final CountDownLatch settled = new CountDownLatch(1);
  private volatile boolean broken;
  // The sender's own.
  private boolean complete;

  Handover(TaskPublisher publisher, Window window, Duration patience) {
    this.publisher = publisher;
    this.producer = publisher.producer();
    this.window = window;
    this.patience = patience;
  }

  /**
   * Sends the task, when there is room for it. Answers whether Kafka has taken everything so far,
   * as far as is known.
   */
  boolean send(Task task) throws InterruptedException {
    int weight = Window.weightOf(task);
    if (broken || !window.enter(weight)) {
      broken = true;
      return false;
    }
    underWay.incrementAndGet();
    publisher.publish(
        producer,
        task,
        (metadata, failure) -> {
          window.leave(weight);
          if (failure == null) {
            acknowledged.incrementAndGet();
          } else {
            broken = true;
          }
          end();
        });
    return !broken;
  }

  /**
   * Sends no more, and waits for what is under way; the second time only looks. Answers whether
   * Kafka has taken everything.
   */
  boolean settle() throws InterruptedException {
    long millis = complete ? 0 : patience.toMillis();
    if (!complete) {
      complete = true;
      end();
    }
    return settled.await(millis, TimeUnit.MILLISECONDS) && !broken;
  }

  /** How many tasks Kafka has acknowledged so far. */
  int acknowledged() {
    return acknowledged.get();
  }

  private void end() {
    if (underWay.decrementAndGet() == 0) {
      settled.countDown();
    }
  }
}
