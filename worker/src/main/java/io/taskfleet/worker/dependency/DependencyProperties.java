package io.taskfleet.worker.dependency;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When to stop calling a dependency, and when to forget it.
 *
 * @param breaker when it stops, and how it begins again
 * @param slotWait how long a call waits at most when too many are under way, before its task is
 *     deferred
 * @param perSecond how many calls to one dependency this worker begins each second; null for any
 * @param settings by name, or by the beginning of names and {@code *}
 * @param idle how long one is remembered that nobody calls
 * @param remembered how many are remembered at once
 */
@Validated
@ConfigurationProperties("taskfleet.dependency")
public record DependencyProperties(
    @DefaultValue @Valid Breaker breaker,
    @DefaultValue("100ms") Duration slotWait,
    @Nullable @Min(1) Integer perSecond,
    @DefaultValue Map<String, @Valid Limits> settings,
    @DefaultValue("10m") Duration idle,
    @DefaultValue("10000") @Min(1) int remembered) {

  private static final Duration LONGEST_SLOT_WAIT = Duration.ofSeconds(1);

  /** Checks that each duration is one. */
  public DependencyProperties {
    if (slotWait.isNegative() || slotWait.compareTo(LONGEST_SLOT_WAIT) > 0) {
      throw new IllegalArgumentException(
          "taskfleet.dependency.slot-wait must be between 0 and " + LONGEST_SLOT_WAIT);
    }
    requirePositive(idle, "taskfleet.dependency.idle");
  }

  /**
   * For one dependency.
   *
   * @param maxConcurrent calls at once, in place of what its task type says
   * @param perSecond calls begun each second
   */
  public record Limits(
      @Nullable @Min(1) Integer maxConcurrent, @Nullable @Min(1) Integer perSecond) {
    static final Limits NONE = new Limits(null, null);
  }

  /**
   * The circuit breaker of each dependency.
   *
   * @param minimumCalls no judgement before so many calls within the window
   * @param window whole seconds
   * @param failureRate percent of failed calls, or of slow ones, that open it
   * @param slowCall from when a call counts as slow
   * @param openFor how long no call is made
   * @param probes calls let through after that, to see whether it is over
   * @param probingFor how long to wait for the probes' results before opening again
   */
  public record Breaker(
      @DefaultValue("10") @Min(1) int minimumCalls,
      @DefaultValue("30s") Duration window,
      @DefaultValue("50") @Min(1) @Max(100) int failureRate,
      @DefaultValue("5s") Duration slowCall,
      @DefaultValue("10s") Duration openFor,
      @DefaultValue("3") @Min(1) int probes,
      @DefaultValue("30s") Duration probingFor) {

    /** Checks that each duration is one. */
    public Breaker {
      requirePositive(
          window.truncatedTo(ChronoUnit.SECONDS), "taskfleet.dependency.breaker.window");
      requirePositive(slowCall, "taskfleet.dependency.breaker.slow-call");
      requirePositive(openFor, "taskfleet.dependency.breaker.open-for");
      requirePositive(probingFor, "taskfleet.dependency.breaker.probing-for");
    }
  }

  private static void requirePositive(Duration duration, String property) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(property + " must be positive");
    }
  }
}
