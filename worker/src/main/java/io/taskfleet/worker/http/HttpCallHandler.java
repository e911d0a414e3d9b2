package io.taskfleet.worker.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.handler.TaskHandler;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.HttpCallPayload;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.Dependency;
import io.taskfleet.worker.failure.BreakerOpenException;
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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Makes the call, and keeps the reply. */
public final class HttpCallHandler implements TaskHandler<HttpCallPayload> {
  private final GuardedHttpClient client;
  private final Dependencies dependencies;
  private final int callsPerHost;
  private final Duration timeout;
  private final Fallback fallback;
  private final Clock clock;

  /** A handler whose calls go through this client. */
  public HttpCallHandler(
      GuardedHttpClient client,
      Dependencies dependencies,
      OutboundProperties outbound,
      HttpCallProperties properties,
      KeptReplies replies,
      Clock clock) {
    this.client = client;
    this.dependencies = dependencies;
    this.callsPerHost = outbound.connectionsPerHost();
    this.timeout = properties.timeout();
    this.fallback = new Fallback(replies, properties.fallbackTimeToLive(), clock);
    this.clock = clock;
  }

  @Override
  public TaskType<HttpCallPayload> type() {
    return BuiltInTypes.HTTP;
  }

  @Override
  public HandlerResult handle(HttpCallPayload payload, TaskContext context) throws Exception {
    OutboundRequest request = request(payload, context);
    Dependency host = dependencies.named(request.dependency("http"), callsPerHost);
    Callable<Reply> call = () -> call(request, payload, timeLeft(payload, context));
    return HandlerResult.of(
        payload.fallsBackOnCache()
            ? freshOrLast(host, call, payload, Fallback.name(context.tenant(), payload, request))
            : host.call(call));
  }

  private Reply freshOrLast(
      Dependency host, Callable<Reply> call, HttpCallPayload payload, String name)
      throws Exception {
    try {
      Reply fresh = host.call(call);
      fallback.keep(name, fresh);
      return fresh;
    } catch (BreakerOpenException open) {
      return fallback.last(name, payload).orElseThrow(() -> open);
    }
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

  private Duration timeLeft(HttpCallPayload payload, TaskContext context) {
    Duration left = Duration.between(clock.instant(), context.deadline());
    Duration wanted = payload.limit().orElse(timeout);
    return left.compareTo(wanted) < 0 ? left : wanted;
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
