package io.taskfleet.gateway.socket;

import io.taskfleet.gateway.submit.Acceptance;
import io.taskfleet.gateway.submit.TaskReader;
import io.taskfleet.gateway.submit.TaskReader.Origin;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.NotificationPayload;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/** Makes tasks of what clients have for other users, by the rules of {@code /v1/notifications}. */
final class Submissions {
  private static final List<String> IN_APP = List.of("in_app");

  private final TaskReader reader;
  private final Acceptance acceptance;
  private final Clock clock;

  Submissions(TaskReader reader, Acceptance acceptance, Clock clock) {
    this.reader = reader;
    this.acceptance = acceptance;
    this.clock = clock;
  }

  /**
   * Accepts the notification.
   *
   * @return the task's id, which is that of the notification in the inbox
   * @throws RefusedFrame if it breaks a rule
   */
  UUID submit(String tenant, ClientFrame.Notification notification) throws RefusedFrame {
    NotificationPayload payload =
        NotificationPayload.toUser(
            notification.message(),
            notification.title(),
            notification.data(),
            notification.userId(),
            IN_APP);
    try {
      Task task =
          reader.readShort(
              BuiltInTypes.NOTIFICATION,
              StrictJson.mapper().writeValueAsBytes(payload),
              new Origin(TaskIds.next(clock), tenant, clock.instant(), null));
      acceptance.accept(task);
      return task.id();
    } catch (RefusedJsonException e) {
      throw RefusedFrame.of(e);
    }
  }
}
