package io.taskfleet.gateway.analytics;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A figure over time.
 *
 * @param step ISO 8601
 * @param from where the first point's step begins
 * @param to where the last point's step ends
 * @param by the property that the series are told apart by
 * @param series one, or one for each group
 */
record SeriesView(
    String name,
    String metric,
    String step,
    Instant from,
    Instant to,
    @Nullable String by,
    List<Series> series) {

  /**
   * Points in order of time.
   *
   * @param group the value of the property
   * @param other whether this is of all values that are not listed
   */
  record Series(@Nullable String group, @Nullable Boolean other, List<Point> points) {}

  /**
   * A step.
   *
   * @param at where it begins
   * @param value null if there is none, such as the largest of no values
   */
  record Point(Instant at, @Nullable BigDecimal value) {}
}
