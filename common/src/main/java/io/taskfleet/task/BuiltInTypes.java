package io.taskfleet.task;

import io.taskfleet.handler.TaskType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The task types that every fleet knows. */
public final class BuiltInTypes {
  public static final TaskType<EmailPayload> EMAIL = new TaskType<>("email", EmailPayload.class);
  public static final TaskType<NotificationPayload> NOTIFICATION =
      new TaskType<>("notification", NotificationPayload.class);
  public static final TaskType<AnalyticsPayload> ANALYTICS =
      new TaskType<>("analytics", AnalyticsPayload.class);
  public static final TaskType<HttpCallPayload> HTTP =
      new TaskType<>("http", HttpCallPayload.class);

  /** The closing of a batch; callers do not submit it, the gateway does. */
  public static final TaskType<BatchPayload> BATCH = new TaskType<>("batch", BatchPayload.class);

  private static final Map<String, TaskType<? extends Addressed>> SUBMITTED =
      List.<TaskType<? extends Addressed>>of(EMAIL, NOTIFICATION, ANALYTICS, HTTP).stream()
          .collect(Collectors.toUnmodifiableMap(TaskType::name, Function.identity()));

  private BuiltInTypes() {}

  /** The type of this name that callers submit. */
  public static Optional<TaskType<? extends Addressed>> named(String name) {
    return Optional.ofNullable(SUBMITTED.get(name));
  }

  /** Every type that callers submit. */
  public static List<TaskType<? extends Addressed>> all() {
    return List.copyOf(SUBMITTED.values());
  }
}
