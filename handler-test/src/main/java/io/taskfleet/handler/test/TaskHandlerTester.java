package io.taskfleet.handler.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.handler.HandlerProvider;
import io.taskfleet.handler.HandlerSetup;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.Attempts;
import io.taskfleet.worker.attempt.Capacity;
import io.taskfleet.worker.attempt.Gate;
import io.taskfleet.worker.attempt.Outcome;
import io.taskfleet.worker.attempt.RunningWatch;
import io.taskfleet.worker.failure.Backoff;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.failure.RetryPolicy;
import io.taskfleet.worker.followup.KnownTypes;
import io.taskfleet.worker.outcome.Conclusion;
import io.taskfleet.worker.outcome.Ending;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.telemetry.AttemptMeters;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes attempts at tasks of one type as a worker does, one when the test says so: payloads are
 * held to their constraints, failures are classified, and what becomes of a task is recorded by the
 * real ledger in a real Postgres, with the tasks that follow from it.
 */
public final class TaskHandlerTester implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final RetryPolicy LIKE_A_WORKER =
      new RetryPolicy(
          8, new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10)), Duration.ofDays(1));

  private final SettableClock clock =
      new SettableClock(Clock.systemUTC().instant().truncatedTo(ChronoUnit.MILLIS));
  private final PayloadReader payloads = new PayloadReader();
  private final RunningWatch watch = new RunningWatch(_ -> {});
  private final Map<UUID, Submitted> submitted = new HashMap<>();
  private final TaskHandler<?> handler;
  private final Attempts<?> attempts;
  private final Capacity capacity;
  private final Books books;

  private record Submitted(Task task, int spent, @Nullable Instant firstFailedAt) {}

  private TaskHandlerTester(HandlerProvider provider, Record properties, Duration timeout) {
    handler = provider.handler(setup(properties));
    String type = handler.type().name();
    attempts =
        new Attempts<>(
            handler,
            new KnownTypes(payloads, List.of(handler.type())),
            new FailureClassifier(),
            watch,
            timeout,
            new Telemetry(new AttemptMeters(new SimpleMeterRegistry(), type), Tracing.NONE));
    capacity =
        handler.isCpuBound() ? Capacity.computing(type, 1, Gate.OPEN) : Capacity.waiting(Gate.OPEN);
    books = new Books(type);
    watch.start();
  }

  /**
   * A tester of this provider's handler, with a deadline of 20 s for an attempt.
   *
   * @param properties what a worker would bind to {@code taskfleet.types.<name>}
   */
  public static TaskHandlerTester of(HandlerProvider provider, Record properties) {
    return of(provider, properties, Duration.ofSeconds(20));
  }

  /**
   * The same with this deadline for an attempt, in real time: a handler does not know any other.
   */
  public static TaskHandlerTester of(
      HandlerProvider provider, Record properties, Duration attemptTimeout) {
    return new TaskHandlerTester(provider, properties, attemptTimeout);
  }

  private HandlerSetup setup(Record properties) {
    return new HandlerSetup() {
      @Override
      public <T extends Record> T properties(Class<T> type) {
        try {
          return type.cast(payloads.requireValid(properties));
        } catch (RefusedJsonException e) {
          throw new IllegalArgumentException("properties: " + e.detail(), e);
        }
      }

      @Override
      public Clock clock() {
        return clock;
      }
    };
  }

  /** What time it is to the handler, and to the tasks that wait for theirs. */
  public SettableClock clock() {
    return clock;
  }

  /** Submits a task with this payload, and answers its id. */
  public UUID submit(Payload payload) {
    return submit(new String(StrictJson.mapper().writeValueAsBytes(payload), UTF_8));
  }

  /** The same with this JSON, as it would come from a topic. */
  public UUID submit(String json) {
    UUID id = TaskIds.next(clock);
    Task task =
        Task.submitted(
            id,
            Task.DEFAULT_TENANT,
            handler.type(),
            new Task.Submission(
                Priority.NORMAL, id.toString(), json.getBytes(UTF_8), Task.Options.NONE),
            clock.instant(),
            null);
    submitted.put(id, new Submitted(task, 0, null));
    return id;
  }

  /**
   * Makes the task's next attempt.
   *
   * @return how the task stands after it
   * @throws IllegalStateException if there is none to be made now
   */
  public Recorded attempt(UUID id) {
    Submitted before = submitted.get(id);
    if (before == null) {
      throw new IllegalStateException("no attempt is to be made at task " + id);
    }
    books
        .find(id)
        .flatMap(task -> Optional.ofNullable(task.dueAt()))
        .filter(clock.instant()::isBefore)
        .ifPresent(
            dueAt -> {
              throw new IllegalStateException("the next attempt is due at " + dueAt);
            });
    Entry.Outcome outcome = outcome(before);
    books.record(before.task(), outcome);
    if (outcome.state().isTerminal()) {
      submitted.remove(id);
    } else {
      submitted.put(
          id, new Submitted(again(before.task()), outcome.attempt(), outcome.firstFailedAt()));
    }
    return books.find(id).orElseThrow();
  }

  /** Makes attempts until there is no other, each as soon as it is due. */
  public Recorded attemptToTheEnd(UUID id) {
    Recorded last = attempt(id);
    while (last.dueAt() != null) {
      clock.advanceTo(last.dueAt());
      last = attempt(id);
    }
    return last;
  }

  /** The tasks that follow from this one. */
  public List<Recorded> followUps(UUID id) {
    return books.following(id);
  }

  private Entry.Outcome outcome(Submitted before) {
    int number = before.spent() + 1;
    Instant startedAt = clock.instant();
    CompletableFuture<Outcome> made = new CompletableFuture<>();
    capacity
        .threads()
        .execute(() -> made.complete(attempts.make(before.task(), number, startedAt)));
    Outcome outcome = made.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    Ending ended = new Ending(number, before.firstFailedAt(), startedAt, clock.instant());
    Entry.Outcome recorded =
        new Conclusion(LIKE_A_WORKER, new Random(1)).of(before.task(), ended, outcome);
    if (recorded == null) {
      throw new IllegalStateException("the attempt was interrupted");
    }
    return recorded;
  }

  /** As the task comes back to its topic. */
  private static Task again(Task task) {
    return new Task(
        task.id(),
        task.tenant(),
        task.type(),
        task.priority(),
        task.key(),
        task.payload(),
        task.createdAt(),
        task.options(),
        task.traceparent(),
        task.batchId(),
        task.delivery() + 1);
  }

  @Override
  public void close() {
    watch.stop();
    books.close();
    payloads.close();
  }
}
