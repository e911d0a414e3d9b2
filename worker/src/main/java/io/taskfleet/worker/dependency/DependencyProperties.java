package io.taskfleet.worker.dependency;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When to stop calling a dependency, and when to forget it.
 *
 * @param breaker when it stops, and how it begins again
 * @param idle how long one is remembered that nobody calls
 * @param remembered how many are remembered at once
 */
@Validated
@ConfigurationProperties("taskfleet.dependency")
public record DependencyProperties(
    @DefaultValue @Valid Breaker breaker,
    @DefaultValue("10m") Duration idle,
    @DefaultValue("10000") @Min(1) int remembered) {

  /** Checks that the duration is one. */
  public DependencyProperties {
    requirePositive(idle, "taskfleet.dependency.idle");
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
