package io.taskfleet.worker.notification;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Addressed;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.NotificationPayload;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.ResultWithEffects;
import io.taskfleet.worker.notification.Delivery.OnChannel;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * One notification, on each of a user's channels. Nothing is sent here: the inbox is filled, and
 * what has to be sent follows as tasks, each with its own attempts, all in the transaction that
 * records the result. So one channel that fails neither repeats nor delays another.
 */
final class Fanout {
  private final String usualSubject;
  private final Clock clock;

  Fanout(String usualSubject, Clock clock) {
    this.usualSubject = usualSubject;
    this.clock = clock;
  }

  HandlerResult to(
      UUID user, Addressee addressee, NotificationPayload payload, TaskContext context) {
    List<Channel> channels =
        payload.channels() == null
            ? addressee.channels()
            : payload.channels().stream().map(Channel::of).distinct().toList();
    List<OnChannel> results = new ArrayList<>();
    List<Effect> effects = new ArrayList<>();
    for (Channel channel : channels) {
      switch (channel) {
        case IN_APP -> {
          effects.add(toInbox(user, payload));
          results.add(OnChannel.delivered(channel, context.id()));
        }
        case EMAIL -> {
          Task task = task(context, payload, "email", BuiltInTypes.EMAIL, mail(addressee, payload));
          effects.add(new Effect.TaskSubmitted(task));
          results.add(OnChannel.submitted(channel, task.id(), null));
        }
        case WEBHOOK -> toEndpoints(addressee.endpoints(), payload, context, effects, results);
      }
    }
    Delivery.Outcome outcome =
        channels.isEmpty() ? Delivery.Outcome.SILENCED : Delivery.Outcome.SENT;
    return new ResultWithEffects(new Delivery(outcome, results, null), effects);
  }

  /**
   * The task that delivers a digest is the same one, whichever of its notifications submits it, and
   * expires with none of them.
   */
  HandlerResult collected(Digests.Digest digest, NotificationPayload payload, TaskContext context) {
    NotificationPayload later =
        new NotificationPayload(
            "Digest",
            null,
            null,
            null,
            null,
            payload.userId(),
            payload.channels(),
            payload.urgent(),
            null,
            payload.digest());
    Task.Options whenDue = new Task.Options(null, null, digest.dueAt(), null, null, null);
    Task task = task(context, digest.id(), BuiltInTypes.NOTIFICATION, later, payload, whenDue);
    return new ResultWithEffects(
        Delivery.collected(digest.id()), List.of(new Effect.TaskSubmitted(task, true)));
  }

  private void toEndpoints(
      List<UUID> endpoints,
      NotificationPayload payload,
      TaskContext context,
      List<Effect> effects,
      List<OnChannel> results) {
    for (UUID endpoint : endpoints) {
      NotificationPayload call =
          NotificationPayload.toEndpoint(
              payload.message(), payload.title(), payload.data(), endpoint);
      Task task = task(context, payload, "endpoint " + endpoint, BuiltInTypes.NOTIFICATION, call);
      effects.add(new Effect.TaskSubmitted(task));
      results.add(OnChannel.submitted(Channel.WEBHOOK, task.id(), endpoint));
    }
    if (endpoints.isEmpty()) {
      results.add(OnChannel.skipped(Channel.WEBHOOK, "the user has no endpoint"));
    }
  }

  private static Effect toInbox(UUID user, NotificationPayload payload) {
    ObjectNode data = payload.data();
    return new Effect.InboxFilled(
        user, payload.title(), payload.message(), data == null ? null : data.toString());
  }

  private EmailPayload mail(Addressee addressee, NotificationPayload payload) {
    String subject = Objects.requireNonNullElse(payload.title(), "");
    return new EmailPayload(
        List.of(addressee.email()),
        subject.isBlank() ? usualSubject : subject,
        payload.message(),
        null,
        null,
        null,
        null,
        null);
  }

  /** Its id is made of the notification's, so that it is the same at every attempt. */
  private Task task(
      TaskContext context,
      NotificationPayload notification,
      String name,
      TaskType<?> type,
      Addressed payload) {
    UUID id = TaskIds.fromParent(context.id(), name);
    return task(context, id, type, payload, notification, Task.Options.NONE);
  }

  private Task task(
      TaskContext context,
      UUID id,
      TaskType<?> type,
      Addressed payload,
      NotificationPayload notification,
      Task.Options options) {
    Task.Submission submission =
        new Task.Submission(
            notification.mayDisturb() ? Priority.HIGH : Priority.NORMAL,
            payload.recipient().orElseGet(id::toString),
            StrictJson.mapper().writeValueAsBytes(payload),
            options);
    return Task.submitted(
        id, context.tenant(), type, submission, clock.instant(), context.traceparent());
  }
}
