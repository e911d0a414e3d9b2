package io.taskfleet.worker.notification;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.taskfleet.task.NotificationPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.TaskType;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.HandlerResult;
import io.taskfleet.worker.attempt.TaskContext;
import io.taskfleet.worker.attempt.TaskHandler;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.Dependency;
import io.taskfleet.worker.failure.RemoteRefusal;
import io.taskfleet.worker.failure.TaskRejectedException;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import io.taskfleet.worker.outbound.OutboundProperties;
import io.taskfleet.worker.outbound.OutboundReply;
import io.taskfleet.worker.outbound.OutboundRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Delivers a notification: as a signed POST, or to a user's inbox. */
public final class NotificationHandler implements TaskHandler<NotificationPayload> {
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  private final GuardedHttpClient client;
  private final Dependencies dependencies;
  private final int callsPerHost;
  private final NotificationProperties properties;
  private final Addressees addressees;
  private final Webhook signer;
  private final Clock clock;

  /** A handler that signs with the key of these properties. */
  public NotificationHandler(
      GuardedHttpClient client,
      Dependencies dependencies,
      OutboundProperties outbound,
      NotificationProperties properties,
      Addressees addressees,
      Clock clock) {
    this.client = client;
    this.dependencies = dependencies;
    this.callsPerHost = outbound.connectionsPerHost();
    this.properties = properties;
    this.addressees = addressees;
    this.signer = signer(properties.signingSecret());
    this.clock = clock;
  }

  @Override
  public TaskType<NotificationPayload> type() {
    return TaskType.NOTIFICATION;
  }

  @Override
  public HandlerResult handle(NotificationPayload payload, TaskContext context) throws Exception {
    Optional<UUID> addressee = payload.addressee();
    if (addressee.isPresent()) {
      return toInbox(addressee.get(), payload, context);
    }
    URI uri = URI.create(Objects.requireNonNull(payload.url()));
    OutboundRequest request = request(uri, payload, context);
    Dependency host = dependencies.named(request.dependency("webhook"), callsPerHost);
    int status = host.call(() -> deliver(request, timeLeft(context)));
    return HandlerResult.of(new Delivered(status));
  }

  private HandlerResult toInbox(UUID user, NotificationPayload payload, TaskContext context)
      throws Exception {
    if (!addressees.isKnown(context.tenant(), user)) {
      throw new TaskRejectedException(ReasonCode.REJECTED, "there is no such user");
    }
    ObjectNode data = payload.data();
    Effect filled =
        new Effect.InboxFilled(
            user, payload.title(), payload.message(), data == null ? null : data.toString());
    return new HandlerResult(new Placed(List.of("in_app")), List.of(filled));
  }

  private int deliver(OutboundRequest request, Duration timeout) throws Exception {
    OutboundReply reply = client.send(request, timeout);
    if (!reply.isSuccess()) {
      throw new RemoteRefusal(
          RemoteRefusal.Protocol.HTTP,
          reply.status(),
          "HTTP " + reply.status(),
          reply.retryAfter());
    }
    return reply.status();
  }

  private Duration timeLeft(TaskContext context) {
    Duration left = Duration.between(clock.instant(), context.deadline());
    return left.compareTo(properties.timeout()) < 0 ? left : properties.timeout();
  }

  private OutboundRequest request(URI uri, NotificationPayload payload, TaskContext context)
      throws WebhookSigningException {
    String id = context.id().toString();
    long now = clock.instant().getEpochSecond();
    String body = body(payload, context.createdAt());
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", Long.toString(now));
    headers.put("webhook-signature", signer.sign(id, now, body));
    String traceparent = context.traceparent();
    if (traceparent != null && TRACEPARENT.matcher(traceparent).matches()) {
      headers.put("traceparent", traceparent);
    }
    return new OutboundRequest("POST", uri, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  /** The same for every attempt, so that a receiver may compare repeats. */
  private static String body(NotificationPayload payload, Instant createdAt) {
    Content content = new Content(payload.message(), payload.title(), payload.data());
    return StrictJson.mapper().writeValueAsString(new Envelope("notification", createdAt, content));
  }

  private static Webhook signer(String secret) {
    try {
      return new Webhook(secret);
    } catch (EmptyWebhookSecretException | IllegalArgumentException e) {
      throw new IllegalStateException("taskfleet.notification.signing-secret is no key", e);
    }
  }

  private record Envelope(String type, Instant timestamp, Content data) {}

  private record Content(String message, @Nullable String title, @Nullable ObjectNode data) {}

  private record Delivered(int status) {}

  private record Placed(List<String> channels) {}
}
