package io.taskfleet.gateway.submit;

import io.taskfleet.gateway.status.AcceptanceNotes;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Accepts tasks: makes sure that Kafka has them, or says within the deadline that it may not. Only
 * so many requests wait for Kafka at a time, so that those which are accepted have not waited long.
 */
public final class Acceptance {
  private final TaskPublisher publisher;
  private final AcceptanceNotes notes;
  private final SameDeadline deadline;
  private final long deadlineNanos;
  private final Semaphore places;
  private final long patienceNanos;
  private final int retryAfterSeconds;

  Acceptance(
      TaskPublisher publisher,
      AcceptanceNotes notes,
      SubmitProperties properties,
      SameDeadline deadline) {
    this.publisher = publisher;
    this.notes = notes;
    this.deadline = deadline;
    this.deadlineNanos = properties.deadline().toNanos();
    this.places = new Semaphore(properties.atOnce(), true);
    this.patienceNanos = properties.patience().toNanos();
    this.retryAfterSeconds = properties.retryAfterSeconds();
  }

  /**
   * Accepts the task.
   *
   * @throws ProblemException if Kafka has not acknowledged it in time; it may have it all the same.
   *     Or if too many wait for that already, and then it does not
   */
  public void accept(Task task) {
    enter();
    try {
      CompletableFuture<RecordMetadata> sent = publisher.publish(task);
      deadline.hold(sent);
      if (!isAcknowledged(sent::get)) {
        throw unavailable();
      }
    } finally {
      places.release();
    }
    notes.note(task);
  }

  /**
   * Accepts as many of the tasks as Kafka acknowledges in time.
   *
   * @return for each task whether it was accepted
   * @throws ProblemException if too many wait for Kafka already
   */
  List<Boolean> acceptEach(List<Task> tasks) {
    enter();
    try {
      return acceptAll(tasks);
    } finally {
      places.release();
    }
  }

  private List<Boolean> acceptAll(List<Task> tasks) {
    long until = System.nanoTime() + deadlineNanos;
    List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>(tasks.size());
    for (Task task : tasks) {
      // Each send may block for a while when Kafka is away; together they must not.
      sent.add(
          System.nanoTime() - until < 0
              ? publisher.publish(task)
              : CompletableFuture.failedFuture(new TimeoutException()));
    }
    List<Boolean> accepted = new ArrayList<>(tasks.size());
    for (int i = 0; i < tasks.size(); i++) {
      boolean acknowledged = isAcknowledged(sent.get(i), until);
      if (acknowledged) {
        notes.note(tasks.get(i));
      }
      accepted.add(acknowledged);
    }
    return accepted;
  }

  private void enter() {
    try {
      if (places.tryAcquire(patienceNanos, TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw ProblemException.unavailable(
        "more tasks are coming in than the task queue takes", retryAfterSeconds);
  }

  /** After how many seconds it is worth trying again. */
  String retryAfter() {
    return Integer.toString(retryAfterSeconds);
  }

  ProblemException unavailable() {
    return ProblemException.unavailable(
        "the task queue did not acknowledge the task in time", retryAfterSeconds);
  }

  private static boolean isAcknowledged(CompletableFuture<RecordMetadata> sent, long until) {
    return isAcknowledged(
        () -> sent.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS));
  }

  @FunctionalInterface
  private interface Answer {
    RecordMetadata await() throws InterruptedException, ExecutionException, TimeoutException;
  }

  private static boolean isAcknowledged(Answer answer) {
    try {
      return answer.await() != null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException notAcknowledged) {
      return false;
    }
  }
}
