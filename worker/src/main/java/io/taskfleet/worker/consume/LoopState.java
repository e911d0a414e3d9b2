package io.taskfleet.worker.consume;

import org.jspecify.annotations.Nullable;

/**
 * How a poll loop stood at its last tick.
 *
 * @param partitions owned
 * @param inFlight records taken and not finished
 * @param running attempts under way
 * @param stuck the record that keeps its partition's offset from moving, if one does for too long
 */
record LoopState(int partitions, int inFlight, int running, @Nullable String stuck) {
  static final LoopState NONE = new LoopState(0, 0, 0, null);

  LoopState with(int otherPartitions) {
    return new LoopState(otherPartitions, inFlight, running, stuck);
  }

  static String describe(InFlight stuck) {
    return "%s-%d stands at offset %d, held by %s"
        .formatted(
            stuck.record.topic(),
            stuck.record.partition(),
            stuck.record.offset(),
            stuck.task == null ? "a record not yet admitted" : "task " + stuck.task.id());
  }
}
