package io.taskfleet.worker.attempt;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.failure.TaskRejectedException;
import io.taskfleet.worker.followup.KnownTypes;
import io.taskfleet.worker.telemetry.AttemptEnd;
import io.taskfleet.worker.telemetry.Telemetry;
import io.taskfleet.worker.telemetry.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes attempts at tasks of one type, on whatever thread it is called. */
public final class Attempts<P extends Payload> {
  private static final Logger log = LoggerFactory.getLogger(Attempts.class);

  /** As much as a payload may have. */
  private static final int LARGEST_RESULT = 1 << 20;

  private final TaskHandler<P> handler;
  private final KnownTypes types;
  private final FailureClassifier classifier;
  private final RunningWatch watch;
  private final Duration timeout;
  private final Telemetry telemetry;

  /**
   * Attempts by this handler.
   *
   * @param timeout how long one may last, unless the task says otherwise
   */
  public Attempts(
      TaskHandler<P> handler,
      KnownTypes types,
      FailureClassifier classifier,
      RunningWatch watch,
      Duration timeout,
      Telemetry telemetry) {
    this.handler = handler;
    this.types = types;
    this.classifier = classifier;
    this.watch = watch;
    this.timeout = timeout;
    this.telemetry = telemetry;
  }

  /** Whether attempts have no effect but their recorded result. */
  public boolean arePure() {
    return handler.isPure();
  }

  /**
   * Makes one attempt; whatever goes wrong is in the outcome.
   *
   * @param number the attempt's, from 1
   */
  public Outcome make(Task task, int number, Instant startedAt) {
    Duration limit = task.options().timeout() == null ? timeout : task.options().timeout();
    RunningAttempt running = new RunningAttempt(task, number, startedAt, limit.toNanos());
    telemetry.meters().started(task, startedAt);
    Tracing.Trace trace = telemetry.tracing().begin(task, number);
    Outcome outcome = tried(running, context(running, limit, trace), limit);
    Failure failure = outcome instanceof Outcome.Failed failed ? failed.failure() : null;
    AttemptEnd end = end(outcome);
    trace.end(end, failure);
    telemetry.meters().ended(end, running.nanos());
    return outcome;
  }

  private static AttemptEnd end(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Completed _ -> AttemptEnd.COMPLETED;
      case Outcome.Cancelled _ -> AttemptEnd.INTERRUPTED;
      case Outcome.Failed(Failure failure) -> AttemptEnd.of(failure);
    };
  }

  @SuppressWarnings("CatchingUnchecked") // an attempt must end in an outcome, whatever it throws
  private Outcome tried(RunningAttempt running, TaskContext context, Duration limit) {
    watch.add(running);
    // Libraries in a jar beside the handler's look for each other there.
    Thread.currentThread().setContextClassLoader(handler.getClass().getClassLoader());
    try {
      P payload = types.read(handler.type(), running.task.payload());
      HandlerResult result = handler.handle(payload, context);
      Object value = result.value();
      RawJson json = value == null ? null : json(value);
      List<Effect> effects = effects(result, running, context);
      running.end();
      return new Outcome.Completed(json, effects);
    } catch (Throwable failure) {
      return failed(running, limit, failure);
    } finally {
      watch.remove(running);
    }
  }

  private List<Effect> effects(HandlerResult result, RunningAttempt running, TaskContext context)
      throws TaskRejectedException {
    Task task = running.task;
    Instant end = task.options().expiresAt();
    List<Effect> effects =
        result instanceof ResultWithEffects own
            ? own.effects()
            : types
                .following(task, result.followUps(), running.now(), context.traceparent())
                .stream()
                .<Effect>map(next -> new Effect.TaskSubmitted(next, next.options().waitsFor(end)))
                .toList();
    return task.priority() == Priority.BULK || end != null
        ? effects.stream().map(effect -> following(task, effect)).toList()
        : effects;
  }

  /**
   * What follows from bulk work must not overtake what others do one by one, and nobody wants a
   * part of what would not have been started any more.
   */
  private static Effect following(Task task, Effect effect) {
    if (!(effect instanceof Effect.TaskSubmitted(Task next, boolean outlives))) {
      return effect;
    }
    Instant end = task.options().expiresAt();
    Task inTime = outlives || end == null ? next : next.expiringAt(end);
    return new Effect.TaskSubmitted(
        task.priority() == Priority.BULK ? inTime.inBulk() : inTime, outlives);
  }

  private static RawJson json(Object value) throws TaskRejectedException {
    byte[] json = StrictJson.mapper().writeValueAsBytes(value);
    if (json.length > LARGEST_RESULT) {
      throw new TaskRejectedException(ReasonCode.LIMITS_EXCEEDED, "the result is too large");
    }
    return new RawJson(json);
  }

  private static TaskContext context(RunningAttempt running, Duration limit, Tracing.Trace trace) {
    Task task = running.task;
    String own = trace.traceparent();
    return new AttemptContext(
        task.id(),
        task.tenant(),
        running.number,
        task.createdAt(),
        running.startedAt.plus(limit),
        own == null ? task.traceparent() : own,
        running::reached);
  }

  private Outcome failed(RunningAttempt running, Duration limit, Throwable thrown) {
    RunningAttempt.Interruption why = running.end();
    boolean isOver = why != RunningAttempt.Interruption.CANCELLED && isNeverToBeRepeated(thrown);
    Failure failure =
        switch (isOver ? null : why) {
          case CANCELLED -> null;
          case DEADLINE -> classifier.deadlinePassed(limit);
          case DRAIN -> new Failure.Interrupted("the worker stops");
          case null -> classifier.classify(thrown);
        };
    if (failure == null) {
      return new Outcome.Cancelled();
    }
    log.info(
        "task {} attempt {} failed: {}, {}",
        running.task.id(),
        running.number,
        failure.errorClass(),
        failure.detail());
    return new Outcome.Failed(failure);
  }

  /** What interrupted it is no reason to do again what may have been done. */
  private static boolean isNeverToBeRepeated(Throwable thrown) {
    return thrown instanceof TaskRejectedException rejected
        && rejected.reason() == ReasonCode.OUTCOME_UNKNOWN;
  }
}
