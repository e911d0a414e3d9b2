package io.taskfleet.worker.rollup;

import io.taskfleet.rollup.Rollup;
import java.time.Instant;

/** Events of one name in one minute, hour or day. */
record Bucket(String tenant, String name, Rollup step, Instant start) {

  /**
   * Those of them that have a property, told apart by its value.
   *
   * @param property empty: all of them
   */
  record Grouped(Bucket bucket, String property) {}

  /**
   * One row.
   *
   * @param value empty: of all events that have the property
   */
  record Row(Grouped grouped, String value, Tally tally) {

    /** The sum over all values of a property is there to be subtracted from. */
    boolean hasSketches() {
      return grouped.property().isEmpty() || !value.isEmpty();
    }
  }
}
