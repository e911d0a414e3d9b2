package io.taskfleet.worker;

import io.taskfleet.task.Priority;
import io.taskfleet.worker.consume.Ordering;
import io.taskfleet.worker.consume.TypeSettings;
import io.taskfleet.worker.failure.Backoff;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.RetryPolicy;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How this worker works.
 *
 * @param types the task types it takes; none named means all
 * @param warmUp how long a worker makes itself hot before it is ready; 0 for not at all
 * @param drainDeadline from SIGTERM to the end; below the grace period of whatever stops it
 * @param statusTimeToLive how long Redis keeps the state of a task
 * @param relayInterval how often due tasks, and redrives asked for, are looked for
 * @param redriveCap how often one task may be redriven
 * @param cpuThreads how many attempts of one type may compute at once, if the type says that it
 *     does; 0 for as many as there are processors
 * @param defaults for types without settings of their own
 * @param settings by type, in place of all the defaults
 */
@Validated
@ConfigurationProperties("taskfleet.worker")
record EngineProperties(
    @DefaultValue List<String> types,
    @DefaultValue("2s") Duration warmUp,
    @DefaultValue("25s") Duration drainDeadline,
    @DefaultValue("24h") Duration statusTimeToLive,
    @DefaultValue("250ms") Duration relayInterval,
    @DefaultValue("5") @Min(1) int redriveCap,
    @DefaultValue("0") @Min(0) @Max(1_000) int cpuThreads,
    @DefaultValue @Valid Settings defaults,
    @DefaultValue Map<String, @Valid Settings> settings) {

  EngineProperties {
    cpuThreads = cpuThreads == 0 ? Runtime.getRuntime().availableProcessors() : cpuThreads;
    requirePositive(drainDeadline, "drain-deadline");
    requirePositive(statusTimeToLive, "status-time-to-live");
    requirePositive(relayInterval, "relay-interval");
    requireFits(defaults, drainDeadline, "defaults");
    settings.forEach((type, each) -> requireFits(each, drainDeadline, "settings." + type));
  }

  Settings of(String type) {
    return settings.getOrDefault(type, defaults);
  }

  /** How long a task may be tried again at most, of any type and after any failure. */
  Duration longestRetry() {
    return Stream.concat(Stream.of(defaults), settings.values().stream())
        .flatMap(each -> each.totalTimes())
        .max(Duration::compareTo)
        .orElseThrow();
  }

  /**
   * Refuses to wait for attempts on partitions that move away for so long that Kafka gives the
   * worker up. How long an attempt lasts does not matter: polling goes on meanwhile.
   */
  void requireGraceBelow(Duration pollInterval) {
    requireGraceBelow(pollInterval, defaults, "defaults");
    settings.forEach((type, each) -> requireGraceBelow(pollInterval, each, "settings." + type));
  }

  private static void requireGraceBelow(Duration pollInterval, Settings each, String name) {
    if (each.revokeGrace.compareTo(pollInterval) >= 0) {
      throw new IllegalArgumentException(
          "taskfleet.worker.%s.revoke-grace must be shorter than max.poll.interval.ms of"
                  .formatted(name)
              + " spring.kafka.consumer.properties, "
              + pollInterval);
    }
  }

  /** What must end before the drain does must not be allowed to last longer. */
  private static void requireFits(Settings each, Duration drainDeadline, String name) {
    requirePositive(each.attemptTimeout, name + ".attempt-timeout");
    requirePositive(each.totalTime, name + ".total-time");
    requirePositive(each.commitInterval, name + ".commit-interval");
    requireAtMost(each.attemptTimeout, drainDeadline, name + ".attempt-timeout");
    requireAtMost(each.revokeGrace, drainDeadline, name + ".revoke-grace");
    requireSensible(name, each::backoff);
    each.retry.forEach(
        (kind, own) ->
            requireSensible(
                name + ".retry." + kind.label().replace('_', '-'), () -> own.instead(each)));
  }

  /** The types of other packages check themselves, and do not know their property's name. */
  private static void requireSensible(String name, Supplier<?> value) {
    try {
      Object _ = value.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("taskfleet.worker." + name + ": " + e.getMessage(), e);
    }
  }

  private static void requirePositive(Duration duration, String name) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException("taskfleet.worker." + name + " must be positive");
    }
  }

  private static void requireAtMost(Duration duration, Duration drainDeadline, String name) {
    if (duration.compareTo(drainDeadline) > 0) {
      throw new IllegalArgumentException(
          "taskfleet.worker.%s must not exceed taskfleet.worker.drain-deadline (%s)"
              .formatted(name, drainDeadline));
    }
  }

  /**
   * For one type.
   *
   * @param ordering how far tasks of one key keep their order: key, strict or none
   * @param concurrency attempts at once in this worker
   * @param attemptTimeout how long one attempt may last
   * @param maxAttempts attempts before a task is dead
   * @param backoffBase the longest wait after the first attempt; doubled each time
   * @param backoffCap the longest wait after any attempt
   * @param totalTime after the first attempt there is none beyond this
   * @param maxInFlight records of one priority taken and not finished
   * @param maxInFlightBytes the same in bytes
   * @param weights shares of free permits by priority
   * @param retry by class of error, in place of what the type has
   */
  record Settings(
      @DefaultValue("key") Ordering ordering,
      @DefaultValue("64") @Min(1) @Max(10_000) int concurrency,
      @DefaultValue("20s") Duration attemptTimeout,
      @DefaultValue("8") @Min(1) @Max(1_000) int maxAttempts,
      @DefaultValue("1s") Duration backoffBase,
      @DefaultValue("10m") Duration backoffCap,
      @DefaultValue("1d") Duration totalTime,
      @DefaultValue("5000") @Min(1) int maxInFlight,
      @DefaultValue("16MB") DataSize maxInFlightBytes,
      @DefaultValue("1s") Duration commitInterval,
      @DefaultValue("5s") Duration revokeGrace,
      @DefaultValue Map<Priority, @Min(1) Integer> weights,
      @DefaultValue Map<ErrorClass, @Valid Retry> retry) {

    private static final Map<Priority, Integer> WEIGHTS =
        Map.of(Priority.HIGH, 6, Priority.NORMAL, 3, Priority.BULK, 1);

    TypeSettings engine() {
      return new TypeSettings(
          ordering,
          concurrency,
          attemptTimeout,
          maxInFlight,
          maxInFlightBytes.toBytes(),
          weights.isEmpty() ? WEIGHTS : weights,
          commitInterval,
          revokeGrace);
    }

    /** What gateways tell of a type with these settings. */
    Told told(boolean cpuBound, int most) {
      return new Told(
          ordering.name().toLowerCase(Locale.ROOT),
          Math.min(concurrency, most),
          attemptTimeout,
          maxAttempts,
          cpuBound);
    }

    RetryPolicy retryPolicy() {
      Map<ErrorClass, RetryPolicy.Exceptional> exceptions = new EnumMap<>(ErrorClass.class);
      retry.forEach((kind, own) -> exceptions.put(kind, own.instead(this)));
      return new RetryPolicy(maxAttempts, backoff(), totalTime, exceptions);
    }

    private Stream<Duration> totalTimes() {
      return Stream.concat(
          Stream.of(totalTime),
          retry.values().stream().map(Retry::totalTime).filter(Objects::nonNull));
    }

    private Backoff backoff() {
      return new Backoff(backoffBase, backoffCap);
    }
  }

  /**
   * Some of a type's settings, for callers to read.
   *
   * @param concurrency attempts at once in one worker
   */
  record Told(
      String ordering,
      int concurrency,
      Duration attemptTimeout,
      int maxAttempts,
      boolean cpuBound) {}

  /**
   * After failures of one class. What is absent is as for the others.
   *
   * @param maxAttempts no attempt beyond this one follows such a failure
   * @param backoffBase the longest wait after the first attempt; doubled each time
   * @param backoffCap the longest wait after any attempt
   * @param totalTime after the first attempt there is none beyond this
   */
  record Retry(
      @Nullable @Min(1) @Max(1_000) Integer maxAttempts,
      @Nullable Duration backoffBase,
      @Nullable Duration backoffCap,
      @Nullable Duration totalTime) {

    private RetryPolicy.Exceptional instead(Settings usual) {
      boolean isBackoffGiven = backoffBase != null || backoffCap != null;
      Backoff backoff =
          new Backoff(
              Objects.requireNonNullElse(backoffBase, usual.backoffBase),
              Objects.requireNonNullElse(backoffCap, usual.backoffCap));
      return new RetryPolicy.Exceptional(maxAttempts, isBackoffGiven ? backoff : null, totalTime);
    }
  }
}
