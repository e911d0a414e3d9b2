package io.taskfleet.worker.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.task.HttpCallPayload;
import io.taskfleet.task.TaskType;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.HandlerResult;
import io.taskfleet.worker.attempt.TaskContext;
import io.taskfleet.worker.attempt.TaskHandler;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.Dependency;
import io.taskfleet.worker.failure.RemoteRefusal;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import io.taskfleet.worker.outbound.OutboundProperties;
import io.taskfleet.worker.outbound.OutboundReply;
import io.taskfleet.worker.outbound.OutboundRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Makes the call, and keeps the reply. */
public final class HttpCallHandler implements TaskHandler<HttpCallPayload> {
  private final GuardedHttpClient client;
  private final Dependencies dependencies;
  private final int callsPerHost;
  private final Duration timeout;
  private final Clock clock;

  /** A handler whose calls go through this client. */
  public HttpCallHandler(
      GuardedHttpClient client,
      Dependencies dependencies,
      OutboundProperties outbound,
      HttpCallProperties properties,
      Clock clock) {
    this.client = client;
    this.dependencies = dependencies;
    this.callsPerHost = outbound.connectionsPerHost();
    this.timeout = properties.timeout();
    this.clock = clock;
  }

  @Override
  public TaskType<HttpCallPayload> type() {
    return TaskType.HTTP;
  }

  @Override
  public HandlerResult handle(HttpCallPayload payload, TaskContext context) throws Exception {
    OutboundRequest request = request(payload, context);
    Dependency host = dependencies.named(request.dependency("http"), callsPerHost);
    return HandlerResult.of(host.call(() -> call(request, payload, timeLeft(context))));
  }

  private Reply call(OutboundRequest request, HttpCallPayload payload, Duration limit)
      throws Exception {
    OutboundReply reply = client.send(request, limit);
    if (!payload.expects(reply.status())) {
      throw new RemoteRefusal(
          RemoteRefusal.Protocol.HTTP,
          reply.status(),
          "HTTP " + reply.status(),
          reply.retryAfter());
    }
    return Reply.of(reply);
  }

  private Duration timeLeft(TaskContext context) {
    Duration left = Duration.between(clock.instant(), context.deadline());
    return left.compareTo(timeout) < 0 ? left : timeout;
  }

  private static OutboundRequest request(HttpCallPayload payload, TaskContext context) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (payload.headers() != null) {
      headers.putAll(payload.headers());
    }
    headers.putIfAbsent("Idempotency-Key", context.id().toString());
    if (context.traceparent() != null) {
      headers.putIfAbsent("traceparent", context.traceparent());
    }
    JsonNode body = payload.body();
    if (body == null || body.isNull()) {
      return request(payload, headers, null);
    }
    headers.putIfAbsent(
        "Content-Type", body.isString() ? "text/plain; charset=utf-8" : "application/json");
    return request(
        payload,
        headers,
        body.isString()
            ? body.asString().getBytes(UTF_8)
            : StrictJson.mapper().writeValueAsBytes(body));
  }

  private static OutboundRequest request(
      HttpCallPayload payload, Map<String, String> headers, byte @Nullable [] body) {
    return new OutboundRequest(
        payload.methodOrGet().name(), URI.create(payload.url()), headers, body);
  }
}
