package io.taskfleet.worker.notification;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.task.NotificationPayload;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.Dependency;
import io.taskfleet.worker.failure.RemoteRefusal;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import io.taskfleet.worker.outbound.OutboundProperties;
import io.taskfleet.worker.outbound.OutboundReply;
import io.taskfleet.worker.outbound.OutboundRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Makes signed POSTs, as Standard Webhooks ask for. */
public final class Webhooks {
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  private final GuardedHttpClient client;
  private final Dependencies dependencies;
  private final int callsPerHost;
  private final Duration timeout;
  private final Webhook ownKey;
  private final Clock clock;

  /** Some that sign with the key of these properties, unless they are told others. */
  public Webhooks(
      GuardedHttpClient client,
      Dependencies dependencies,
      OutboundProperties outbound,
      NotificationProperties properties,
      Clock clock) {
    this.client = client;
    this.dependencies = dependencies;
    this.callsPerHost = outbound.connectionsPerHost();
    this.timeout = properties.timeout();
    this.ownKey = signer(properties.signingSecret());
    this.clock = clock;
  }

  /** Delivers to an address that has no key of its own; answers the status. */
  int deliver(String url, NotificationPayload payload, TaskContext context) throws Exception {
    return deliver(url, List.of(ownKey), payload, context);
  }

  /** Delivers to an endpoint, signed with each of its keys; answers the status. */
  int deliver(Endpoint endpoint, NotificationPayload payload, TaskContext context)
      throws Exception {
    List<Webhook> keys = endpoint.secrets().stream().map(Webhooks::signer).toList();
    return deliver(endpoint.url(), keys, payload, context);
  }

  private int deliver(
      String url, List<Webhook> keys, NotificationPayload payload, TaskContext context)
      throws Exception {
    OutboundRequest request = request(URI.create(url), keys, payload, context);
    Dependency host = dependencies.named(request.dependency("webhook"), callsPerHost);
    return host.call(() -> send(request, timeLeft(context)));
  }

  private int send(OutboundRequest request, Duration atMost) throws Exception {
    OutboundReply reply = client.send(request, atMost);
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
    return left.compareTo(timeout) < 0 ? left : timeout;
  }

  private OutboundRequest request(
      URI uri, List<Webhook> keys, NotificationPayload payload, TaskContext context)
      throws WebhookSigningException {
    String id = context.id().toString();
    long now = clock.instant().getEpochSecond();
    String body = body(payload, context.createdAt());
    List<String> signatures = new ArrayList<>();
    for (Webhook key : keys) {
      signatures.add(key.sign(id, now, body));
    }
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", Long.toString(now));
    headers.put("webhook-signature", String.join(" ", signatures));
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
}
