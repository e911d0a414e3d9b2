package io.taskfleet.worker.rollup;

import io.taskfleet.rollup.Quantiles;
import io.taskfleet.rollup.Uniques;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What some events come to. Values and users are remembered as they are until they go into the
 * sketches of a row, since most buckets get few of them at once.
 */
final class Tally {
  private final List<BigDecimal> values = new ArrayList<>();
  private final List<String> users = new ArrayList<>();
  private long count;

  void add(@Nullable BigDecimal value, @Nullable String user) {
    count++;
    if (value != null) {
      values.add(value);
    }
    if (user != null) {
      users.add(user);
    }
  }

  long count() {
    return count;
  }

  BigDecimal sum() {
    return values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  @Nullable BigDecimal min() {
    return values.stream().reduce(BigDecimal::min).orElse(null);
  }

  @Nullable BigDecimal max() {
    return values.stream().reduce(BigDecimal::max).orElse(null);
  }

  /** The sketch with these values in it; null leaves it as it is. */
  byte @Nullable [] quantiles(byte @Nullable [] known) {
    if (values.isEmpty()) {
      return null;
    }
    Quantiles quantiles = known == null ? Quantiles.empty() : Quantiles.read(known);
    values.forEach(value -> quantiles.add(value.doubleValue()));
    return quantiles.bytes();
  }

  /** The sketch with these users in it; null leaves it as it is. */
  byte @Nullable [] users(byte @Nullable [] known) {
    if (users.isEmpty()) {
      return null;
    }
    Uniques uniques = known == null ? Uniques.empty() : Uniques.read(known);
    users.forEach(uniques::add);
    return uniques.bytes();
  }
}
