package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.batch.Refusals.Refused;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of the lines of a batch.
 *
 * @param refusedLines the first of those that were refused
 * @param refusedTruncated whether more were refused than are told of
 * @param tasks those that were accepted, for a caller who sent an array
 */
record BatchAnswer(
    UUID id,
    int accepted,
    int refused,
    List<Refused> refusedLines,
    boolean refusedTruncated,
    @Nullable List<Taken> tasks,
    BatchLinks links) {

  /**
   * A line that is a task now.
   *
   * @param line the place in the array, from 1
   */
  record Taken(int line, UUID id) {}
}
