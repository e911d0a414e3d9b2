package io.taskfleet.gateway.analytics;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.rollup.Rollup;
import java.time.Duration;
import java.time.Instant;

/** Which values of a property events of one name have most often. */
record TopQuery(String name, String by, Range range, int limit) {
  private static final int USUAL_LIMIT = 10;
  private static final int LARGEST_LIMIT = 100;
  private static final Duration USUAL_TIME = Duration.ofDays(1);

  /** What is longer is counted in hours, or in days. */
  private static final Duration IN_MINUTES = Duration.ofHours(6);

  private static final Duration IN_HOURS = Duration.ofDays(20);
  private static final Duration IN_DAYS = Duration.ofDays(2_000);

  /**
   * What is asked.
   *
   * @throws ProblemException if it cannot be answered
   */
  static TopQuery of(QueryParameters query, Instant now) {
    String name = query.requiredText("name");
    String by = query.requiredText("by");
    Instant to = query.time("to").orElse(now);
    Instant from = query.time("from").orElseGet(() -> to.minus(USUAL_TIME));
    SeriesQuery.requireOrder(from, to);
    Duration time = Duration.between(from, to);
    if (time.compareTo(IN_DAYS) > 0) {
      throw QueryParameters.refused("from", "must be at most 2000 days before to");
    }
    return new TopQuery(
        name,
        by,
        Range.of(rollup(time).length(), from, to),
        query.number("limit", 1, LARGEST_LIMIT).orElse(USUAL_LIMIT));
  }

  private static Rollup rollup(Duration time) {
    if (time.compareTo(IN_MINUTES) <= 0) {
      return Rollup.MINUTE;
    }
    return time.compareTo(IN_HOURS) <= 0 ? Rollup.HOUR : Rollup.DAY;
  }
}
