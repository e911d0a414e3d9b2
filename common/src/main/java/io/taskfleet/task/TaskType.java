package io.taskfleet.task;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One kind of task: its name, in topics, metrics and configuration, and the shape of its payload.
 *
 * @param name lower-case letters, digits and hyphens
 */
public record TaskType<P extends Payload>(String name, Class<P> payload) {

  public static final TaskType<EmailPayload> EMAIL = new TaskType<>("email", EmailPayload.class);
  public static final TaskType<NotificationPayload> NOTIFICATION =
      new TaskType<>("notification", NotificationPayload.class);
  public static final TaskType<AnalyticsPayload> ANALYTICS =
      new TaskType<>("analytics", AnalyticsPayload.class);
  public static final TaskType<HttpCallPayload> HTTP =
      new TaskType<>("http", HttpCallPayload.class);

  /** The closing of a batch; callers do not submit it, the gateway does. */
  public static final TaskType<BatchPayload> BATCH = new TaskType<>("batch", BatchPayload.class);

  private static final Map<String, TaskType<?>> BUILT_IN =
      List.<TaskType<?>>of(EMAIL, NOTIFICATION, ANALYTICS, HTTP).stream()
          .collect(Collectors.toUnmodifiableMap(TaskType::name, Function.identity()));

  /** The type of this name that callers submit. */
  public static Optional<TaskType<?>> named(String name) {
    return Optional.ofNullable(BUILT_IN.get(name));
  }

  /** Every type that callers submit. */
  public static List<TaskType<?>> all() {
    return List.copyOf(BUILT_IN.values());
  }
}
