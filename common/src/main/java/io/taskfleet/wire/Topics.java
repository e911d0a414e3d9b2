package io.taskfleet.wire;

import io.taskfleet.task.Priority;
import java.util.Arrays;
import java.util.List;

/** Names of topics and consumer groups. They are API: changing one strands records. */
public final class Topics {
  private static final String PREFIX = "taskfleet.";

  /** Lifecycle events of all tasks, keyed by task id. */
  public static final String EVENTS = PREFIX + "events";

  private Topics() {}

  /** Where tasks of this type and priority wait. */
  public static String of(String type, Priority priority) {
    return switch (priority) {
      case HIGH -> PREFIX + type + ".high";
      case NORMAL -> PREFIX + type;
      case BULK -> PREFIX + type + ".bulk";
    };
  }

  /** All topics on which tasks of this type wait. */
  public static List<String> of(String type) {
    return Arrays.stream(Priority.values()).map(priority -> of(type, priority)).toList();
  }

  /** The priority of the tasks on one of the topics of {@link #of(String)}. */
  public static Priority priority(String topic) {
    int end = topic.indexOf('.', PREFIX.length());
    if (end < 0) {
      return Priority.NORMAL;
    }
    return topic.startsWith(".high", end) ? Priority.HIGH : Priority.BULK;
  }

  /** The type of the tasks on one of the topics of {@link #of(String)}. */
  public static String typeOf(String topic) {
    int end = topic.indexOf('.', PREFIX.length());
    return topic.substring(PREFIX.length(), end < 0 ? topic.length() : end);
  }

  /** Where tasks of this type end that cannot be done. */
  public static String deadLetter(String type) {
    return PREFIX + type + ".dlt";
  }

  /** The consumer group of the workers for this type. */
  public static String group(String type) {
    return PREFIX + type;
  }
}
