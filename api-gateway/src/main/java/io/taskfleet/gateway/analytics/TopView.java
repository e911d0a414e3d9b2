package io.taskfleet.gateway.analytics;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The most frequent values of a property.
 *
 * @param from where the first bucket begins that was counted
 * @param to where the last one ends
 * @param groups most frequent first
 * @param other all others together, if there are any
 */
record TopView(
    String name, String by, Instant from, Instant to, List<Group> groups, @Nullable Other other) {

  /** Events with one value. */
  record Group(String group, long count, BigDecimal sum) {}

  /** Events with any other value. */
  record Other(long count, BigDecimal sum) {}
}
