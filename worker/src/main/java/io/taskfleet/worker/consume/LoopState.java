package io.taskfleet.worker.consume;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a poll loop stood at its last tick.
 *
 * @param partitions owned
 * @param activity what it was doing
 * @param backlog what waited on them
 * @param stuck the record that keeps its partition's offset from moving, if one does for too long
 */
record LoopState(int partitions, Activity activity, Backlog backlog, @Nullable String stuck) {
  static final LoopState NONE = new LoopState(0, Activity.NONE, Backlog.NONE, null);

  LoopState with(int otherPartitions) {
    return new LoopState(otherPartitions, activity, backlog, stuck);
  }

  /** What keeps the loop from working, one line for each reason. */
  List<String> troubles(String type) {
    List<String> troubles = new ArrayList<>();
    if (activity.pauses().contains(Activity.Pause.INTAKE)) {
      troubles.add("Postgres does not say what is known of " + type + " tasks");
    }
    if (stuck != null) {
      troubles.add(stuck);
    }
    return troubles;
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
