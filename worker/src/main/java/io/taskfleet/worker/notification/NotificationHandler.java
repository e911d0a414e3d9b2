package io.taskfleet.worker.notification;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.NotificationPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.failure.RemoteRefusal;
import io.taskfleet.worker.failure.TaskRejectedException;
import io.taskfleet.worker.notification.Delivery.OnChannel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Delivers a notification: as a signed POST, or on a user's channels. */
public final class NotificationHandler implements TaskHandler<NotificationPayload> {
  private static final int GONE = 410;
  private static final int OUT_OF_SERVICE = 503;

  private final Webhooks webhooks;
  private final Recipients recipients;
  private final Fanout fanout;
  private final FailureClassifier classifier;
  private final Clock clock;

  /** A handler for these recipients. */
  public NotificationHandler(
      Webhooks webhooks,
      Recipients recipients,
      NotificationProperties properties,
      FailureClassifier classifier,
      Clock clock) {
    this.webhooks = webhooks;
    this.recipients = recipients;
    this.fanout = new Fanout(properties.emailSubject(), clock);
    this.classifier = classifier;
    this.clock = clock;
  }

  @Override
  public TaskType<NotificationPayload> type() {
    return BuiltInTypes.NOTIFICATION;
  }

  @Override
  public HandlerResult handle(NotificationPayload payload, TaskContext context) throws Exception {
    Optional<UUID> user = payload.addressee();
    if (user.isPresent()) {
      return toUser(user.get(), payload, context);
    }
    Optional<UUID> other = suppressor(payload, context);
    if (other.isPresent()) {
      return HandlerResult.of(Delivery.suppressed(other.get()));
    }
    if (payload.endpoint() != null) {
      return toEndpoint(UUID.fromString(payload.endpoint()), payload, context);
    }
    int status = webhooks.deliver(Objects.requireNonNull(payload.url()), payload, context);
    return HandlerResult.of(Delivery.sent(OnChannel.answered(null, status)));
  }

  /** The task that has been sent in this one's place, if there is one. */
  private Optional<UUID> suppressor(NotificationPayload payload, TaskContext context)
      throws Exception {
    NotificationPayload.Window dedup = payload.dedup();
    if (dedup == null) {
      return Optional.empty();
    }
    UUID sent =
        recipients.claims().claim(context.tenant(), dedup.key(), dedup.length(), context.id());
    return sent.equals(context.id()) ? Optional.empty() : Optional.of(sent);
  }

  private HandlerResult toUser(UUID user, NotificationPayload payload, TaskContext context)
      throws Exception {
    Addressee addressee =
        recipients
            .users()
            .find(context.tenant(), user)
            .orElseThrow(() -> rejected("there is no such user"));
    boolean isCollected =
        payload.digest() != null
            && !recipients.digests().isDeliveredBy(context.tenant(), context.id());
    if (!isCollected && !payload.mayDisturb()) {
      waitForTheEndOf(addressee.quietHours());
    }
    Optional<UUID> other = suppressor(payload, context);
    if (other.isPresent()) {
      return HandlerResult.of(Delivery.suppressed(other.get()));
    }
    if (isCollected) {
      return fanout.collected(collect(user, payload, context), payload, context);
    }
    NotificationPayload whole =
        payload.digest() == null
            ? payload
            : DigestText.of(recipients.digests().close(context.tenant(), context.id()), payload);
    return fanout.to(user, addressee, whole, context);
  }

  private Digests.Digest collect(UUID user, NotificationPayload payload, TaskContext context)
      throws Exception {
    NotificationPayload.Window window = Objects.requireNonNull(payload.digest());
    ObjectNode data = payload.data();
    return recipients
        .digests()
        .add(
            new Digests.Owner(context.tenant(), user, window.key()),
            window.length(),
            new Digests.Item(
                context.id(),
                payload.title(),
                payload.message(),
                data == null ? null : data.toString()));
  }

  private void waitForTheEndOf(@Nullable QuietHours quietHours) throws CallRefusedException {
    if (quietHours == null) {
      return;
    }
    Instant now = clock.instant();
    Optional<Instant> end = quietHours.endAfter(now);
    if (end.isPresent()) {
      throw new CallRefusedException("the user's quiet hours", Duration.between(now, end.get()));
    }
  }

  private HandlerResult toEndpoint(UUID id, NotificationPayload payload, TaskContext context)
      throws Exception {
    String tenant = context.tenant();
    Endpoint endpoint =
        recipients
            .endpoints()
            .find(tenant, id)
            .orElseThrow(() -> rejected("there is no such endpoint"));
    if (endpoint.disabledBecause() != null) {
      throw rejected("the endpoint is disabled: " + endpoint.disabledBecause());
    }
    int status;
    try {
      status = webhooks.deliver(endpoint, payload, context);
    } catch (Exception failure) {
      note(failure, tenant, endpoint);
      throw failure;
    }
    if (endpoint.failing()) {
      recipients.endpoints().succeeded(tenant, endpoint);
    }
    return HandlerResult.of(Delivery.sent(OnChannel.answered(id, status)));
  }

  /** What was refused for now says nothing of whether the endpoint works. */
  private void note(Exception thrown, String tenant, Endpoint endpoint) throws Exception {
    Failure failure = classifier.classify(thrown);
    boolean isAboutIt =
        switch (failure) {
          case Failure.Transient _, Failure.Permanent _ -> !Thread.currentThread().isInterrupted();
          // A 503 that says when to come back puts the task off, and yet the endpoint fails.
          case Failure.Unavailable _ -> statusOf(thrown) == OUT_OF_SERVICE;
          case Failure.Undecodable _, Failure.Interrupted _ -> false;
        };
    if (isAboutIt) {
      boolean isGone = statusOf(thrown) == GONE;
      recipients.endpoints().failed(tenant, endpoint, failure.detail(), isGone);
    }
  }

  private static int statusOf(Exception thrown) {
    return thrown instanceof RemoteRefusal refusal ? refusal.status() : 0;
  }

  private static TaskRejectedException rejected(String why) {
    return new TaskRejectedException(ReasonCode.REJECTED, why);
  }
}
