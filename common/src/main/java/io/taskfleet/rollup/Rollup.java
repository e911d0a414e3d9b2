package io.taskfleet.rollup;

import java.time.Duration;
import java.time.Instant;

/** How long the buckets of a rollup are. They begin at whole minutes, hours and days of UTC. */
public enum Rollup {
  /** Sixty seconds each. */
  MINUTE("1m", Duration.ofMinutes(1)),
  /** Sixty minutes each. */
  HOUR("1h", Duration.ofHours(1)),
  /** Twenty-four hours each. */
  DAY("1d", Duration.ofDays(1));

  private final String label;
  private final Duration length;

  Rollup(String label, Duration length) {
    this.label = label;
    this.length = length;
  }

  /** The rollup of this label. */
  public static Rollup of(String label) {
    for (Rollup rollup : values()) {
      if (rollup.label.equals(label)) {
        return rollup;
      }
    }
    throw new IllegalArgumentException("no rollup " + label);
  }

  /** As it stands in the database. */
  public String label() {
    return label;
  }

  /** Of each bucket. */
  public Duration length() {
    return length;
  }

  /** The start of the bucket that this moment is in. */
  public Instant start(Instant at) {
    long second = at.getEpochSecond();
    return Instant.ofEpochSecond(second - Math.floorMod(second, length.toSeconds()));
  }
}
