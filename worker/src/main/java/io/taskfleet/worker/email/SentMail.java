package io.taskfleet.worker.email;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.ResultWithEffects;
import io.taskfleet.worker.email.SmtpProviders.Taken;
import io.taskfleet.worker.failure.TaskRejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A mail that was taken for at least one recipient. Those refused for good are told in the result;
 * those put off go on in a task of their own, because this one's others have the mail.
 */
record SentMail(EmailPayload payload, TaskContext context, String messageId, Taken taken) {
  /** What became of a recipient. */
  private enum Status {
    ACCEPTED,
    REFUSED,
    DEFERRED
  }

  /**
   * The result of a task.
   *
   * @param deferredTo the task that goes on with those put off
   */
  private record Sent(
      String messageId, String provider, List<Recipient> recipients, @Nullable UUID deferredTo) {}

  private record Recipient(String address, String status, String reply) {}

  /**
   * What is to be recorded.
   *
   * @param again when those put off are tried again
   */
  HandlerResult result(Instant again) throws TaskRejectedException {
    List<String> later = putOff();
    UUID follower = later.isEmpty() ? null : TaskIds.fromParent(context.id(), "deferred");
    Sent sent =
        new Sent(
            messageId,
            taken.provider(),
            taken.replies().stream().map(SentMail::recipient).toList(),
            follower);
    return new ResultWithEffects(
        sent,
        follower == null
            ? List.of()
            : List.of(new Effect.TaskSubmitted(follower(follower, later, again))));
  }

  /** As the task spells them, which on the wire are in ASCII. */
  private List<String> putOff() throws TaskRejectedException {
    Set<String> onTheWire =
        taken.replies().stream()
            .filter(RecipientReply::isPutOff)
            .map(RecipientReply::recipient)
            .collect(Collectors.toSet());
    List<String> spelt = new ArrayList<>();
    for (String each : payload.recipients()) {
      if (onTheWire.contains(MailComposer.onTheWire(each))) {
        spelt.add(each);
      }
    }
    return spelt;
  }

  private Task follower(UUID id, List<String> recipients, Instant again) {
    EmailPayload rest = payload.deliveredTo(recipients);
    Task.Options options = new Task.Options(null, null, again, null);
    return Task.submitted(
        id,
        context.tenant(),
        BuiltInTypes.EMAIL,
        new Task.Submission(
            Priority.NORMAL,
            rest.recipient().orElseGet(id::toString),
            StrictJson.mapper().writeValueAsBytes(rest),
            options),
        context.createdAt(),
        context.traceparent());
  }

  private static Recipient recipient(RecipientReply each) {
    Status status =
        each.isAccepted() ? Status.ACCEPTED : each.isPutOff() ? Status.DEFERRED : Status.REFUSED;
    return new Recipient(
        each.recipient(), status.name().toLowerCase(Locale.ROOT), each.reply().toString());
  }
}
