package io.taskfleet.client;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of the tasks of a batch: each was taken or refused by itself.
 *
 * @param refusedLines the first of those that were refused
 * @param refusedTruncated whether more were refused than are told of
 * @param tasks those that were accepted, of a batch that was not streamed
 */
public record BatchReceipt(
    UUID id,
    long accepted,
    long refused,
    List<RefusedLine> refusedLines,
    boolean refusedTruncated,
    @Nullable List<Taken> tasks) {

  /**
   * A line that is a task now.
   *
   * @param line its place, from 1
   */
  public record Taken(long line, UUID id) {}
}
