package io.taskfleet.gateway.status;

import java.util.Arrays;
import java.util.Optional;

/**
 * What is known of a task that somebody watches. What Redis and Postgres say is told apart by marks
 * of their own, since one of them may be behind for a while.
 *
 * @param end that it has ended, as it was seen first
 */
record Seen(int inRedis, int inPostgres, Optional<End> end) {
  static final Seen NOTHING = new Seen(0, 0, Optional.empty());

  /** That a task has ended, with its status if Redis has it. */
  record End(Optional<byte[]> cached) {}

  /** The same when Redis has this status. */
  Seen inRedis(byte[] json, boolean ended) {
    int mark = Arrays.hashCode(json);
    return mark == inRedis && ended == end.isPresent()
        ? this
        : new Seen(mark, inPostgres, ended ? orElse(Optional.of(json)) : end);
  }

  /** The same when Postgres has such a row. */
  Seen inPostgres(TaskRows.Glance row) {
    return new Seen(
        inRedis, row.hashCode(), row.state().isTerminal() ? orElse(Optional.empty()) : end);
  }

  private Optional<End> orElse(Optional<byte[]> cached) {
    return end.isPresent() ? end : Optional.of(new End(cached));
  }
}
