package io.taskfleet.worker.attempt;

/**
 * How many attempts at tasks of one type make sense now. Asked by the poll loop in every round, so
 * it must not block.
 */
@FunctionalInterface
public interface Gate {
  /** A gate that stands open. */
  Gate OPEN = () -> Integer.MAX_VALUE;

  /** Attempts at once, those under way included; {@link Integer#MAX_VALUE} for no limit. */
  int limit();
}
