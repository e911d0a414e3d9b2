package io.taskfleet.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;

/** Measured times and their percentiles. May be used by any number of threads. */
final class Latencies {
  private static final long LONGEST_MICROS = TimeUnit.MINUTES.toMicros(30);
  private static final int DIGITS = 3;
  private static final double MICROS_PER_MILLI = 1_000;

  private final ConcurrentHistogram histogram = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);

  void add(Duration time) {
    addMicros(TimeUnit.NANOSECONDS.toMicros(time.toNanos()));
  }

  /** Clocks of two processes may disagree by a hair, so that nothing is below zero. */
  void addMicros(long micros) {
    histogram.recordValue(Math.clamp(micros, 0, LONGEST_MICROS));
  }

  long count() {
    return histogram.getTotalCount();
  }

  /** The time, in milliseconds, that this percentage did not exceed. */
  double millis(double percentile) {
    return histogram.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
  }
}
