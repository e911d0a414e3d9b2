package io.taskfleet.standalone.demo;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Percentiles of measured times. */
record Times(List<Duration> sorted) {
  static Times of(List<Duration> measured) {
    return new Times(measured.stream().sorted().toList());
  }

  /** The time that this share, from 0 to 1, did not exceed. */
  Duration percentile(double share) {
    if (sorted.isEmpty()) {
      return Duration.ZERO;
    }
    int rank = (int) Math.ceil(share * sorted.size());
    return sorted.get(Math.max(rank, 1) - 1);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %,.1f ms   p95 %,.1f ms   p99 %,.1f ms   (%,d measured)",
        millis(0.5),
        millis(0.95),
        millis(0.99),
        sorted.size());
  }

  private double millis(double share) {
    return percentile(share).toNanos() / 1e6;
  }
}
