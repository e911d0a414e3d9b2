package io.taskfleet.worker.telemetry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a poll loop stood at its last tick.
 *
 * @param partitions owned
 * @param isMember whether Kafka counts the loop's consumer as a member of its group
 * @param activity what it was doing
 * @param backlog what waited on them
 * @param stuck the record that keeps its partition's offset from moving, if one does for too long
 */
public record LoopState(
    int partitions, boolean isMember, Activity activity, Backlog backlog, @Nullable String stuck) {
  /** Before the first tick. */
  public static final LoopState NONE = new LoopState(0, false, Activity.NONE, Backlog.NONE, null);

  /** The same with another number of partitions. */
  public LoopState with(int otherPartitions) {
    return new LoopState(otherPartitions, isMember, activity, backlog, stuck);
  }

  /** The same of a member with this many partitions. */
  public LoopState joined(int otherPartitions) {
    return new LoopState(otherPartitions, true, activity, backlog, stuck);
  }

  /** What keeps the loop from working, one line for each reason. */
  public List<String> troubles(String type) {
    List<String> troubles = new ArrayList<>();
    if (!isMember) {
      troubles.add("Kafka is away, or does not have this worker in the group for " + type);
    }
    if (activity.pauses().contains(Activity.Pause.INTAKE)) {
      troubles.add("Postgres or Kafka does not say what is known of " + type + " tasks");
    }
    if (stuck != null) {
      troubles.add(stuck);
    }
    return troubles;
  }
}
