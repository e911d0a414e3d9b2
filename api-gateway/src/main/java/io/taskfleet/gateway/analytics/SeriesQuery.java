package io.taskfleet.gateway.analytics;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.QueryParameters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question about events of one name.
 *
 * @param by the property they are told apart by; null: not at all
 * @param limit how many of its values
 */
record SeriesQuery(String name, Metric metric, Range range, @Nullable String by, int limit) {
  static final int MOST_GROUPS = 20;
  private static final int USUAL_GROUPS = 10;
  private static final int MOST_POINTS = 2_400;
  private static final int MOST_ROWS = 50_000;
  private static final int USUAL_POINTS = 60;
  private static final Duration USUAL_STEP = Duration.ofHours(1);
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(366);

  /**
   * What is asked.
   *
   * @throws ProblemException if it cannot be answered
   */
  static SeriesQuery of(QueryParameters query, Instant now) {
    String name = query.requiredText("name");
    Metric metric =
        query.oneOf("metric", List.of(Metric.values()), Metric::label).orElse(Metric.COUNT);
    Duration step = query.duration("step").map(SeriesQuery::requireStep).orElse(USUAL_STEP);
    Instant to = query.time("to").orElse(now);
    Instant from = query.time("from").orElseGet(() -> to.minus(step.multipliedBy(USUAL_POINTS)));
    requireOrder(from, to);
    Range range = Range.of(step, from, to);
    String by = query.text("by").orElse(null);
    int limit = query.number("limit", 1, MOST_GROUPS).orElse(USUAL_GROUPS);
    if (by == null && query.has("limit")) {
      throw QueryParameters.refused("limit", "is of the groups of by");
    }
    if (range.steps() > MOST_POINTS) {
      throw QueryParameters.refused("step", "must leave at most %d points".formatted(MOST_POINTS));
    }
    if (range.buckets() * (by == null ? 1 : limit) > MOST_ROWS) {
      throw QueryParameters.refused(
          "step", "must be whole hours, or whole days, for as long a range and as many groups");
    }
    return new SeriesQuery(name, metric, range, by, limit);
  }

  static void requireOrder(Instant from, Instant to) {
    if (!to.isAfter(from)) {
      throw QueryParameters.refused("to", "must be after from");
    }
  }

  private static Duration requireStep(Duration step) {
    if (step.compareTo(SHORTEST) < 0
        || step.compareTo(LONGEST) > 0
        || !step.equals(Duration.ofMinutes(step.toMinutes()))) {
      throw QueryParameters.refused("step", "must be whole minutes, 1m to 366d");
    }
    return step;
  }
}
