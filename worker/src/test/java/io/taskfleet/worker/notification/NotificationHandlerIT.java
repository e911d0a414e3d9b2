package io.taskfleet.worker.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpServer;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.NotificationPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.AttemptContext;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.ResultWithEffects;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.DependencyProperties;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import io.taskfleet.worker.outbound.OutboundProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.node.JsonNodeFactory;

@Timeout(30)
class NotificationHandlerIT {
  private static final UUID USER = UUID.randomUUID();
  private static final UUID ENDPOINT = UUID.randomUUID();
  private static final Addressee ADA =
      new Addressee("ada@example.com", List.of(Channel.IN_APP), null, List.of(ENDPOINT));
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String TRACEPARENT =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final Instant CREATED = Instant.parse("2026-11-21T12:00:00Z");

  private final FailureClassifier classifier = new FailureClassifier();
  private final Clock clock = Clock.systemUTC();
  private final PayloadReader payloads = new PayloadReader();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final HttpServer server =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final GuardedHttpClient client = new GuardedHttpClient(outbound(true), clock);
  private final NotificationHandler handler = handler(client, outbound(true));

  NotificationHandlerIT() throws IOException {}

  @BeforeEach
  void start() {
    answer("/ok", 200, null);
    answer("/elsewhere", 200, null);
    server.start();
  }

  @AfterEach
  void stop() {
    payloads.close();
    client.close();
    server.stop(0);
  }

  @Test
  void deliversASignedPost() throws Exception {
    UUID id = UUID.randomUUID();
    var data = JsonNodeFactory.instance.objectNode().put("größe", 7);

    HandlerResult result =
        handler.handle(
            NotificationPayload.toUrl("Hello ☃", "Title", data, url("/ok?a=b")),
            context(id, TRACEPARENT));

    Received post = received.getFirst();
    new Webhook(SECRET).verify(post.body(), post.headers());
    assertThat(post.method()).isEqualTo("POST");
    assertThat(post.header("webhook-id")).isEqualTo(id.toString());
    assertThat(post.header("traceparent")).isEqualTo(TRACEPARENT);
    assertThat(post.header("content-type")).isEqualTo("application/json");
    assertThat(StrictJson.mapper().readTree(post.body()))
        .isEqualTo(
            StrictJson.mapper()
                .readTree(
                    """
                    {"type": "notification", "timestamp": "2026-11-21T12:00:00Z",
                     "data": {"message": "Hello ☃", "title": "Title", "data": {"größe": 7}}}
                    """));
    assertThat(StrictJson.mapper().writeValueAsString(result.value()))
        .isEqualTo(
            "{\"outcome\":\"sent\",\"channels\":[{\"channel\":\"webhook\","
                + "\"outcome\":\"delivered\",\"status\":200}]}");
    assertThat(result).isEqualTo(HandlerResult.of(result.value()));
  }

  @Test
  void leavesOutWhatTheTaskDoesNotSay() throws Exception {
    HandlerResult _ =
        handler.handle(
            NotificationPayload.toUrl("Hello", null, null, url("/ok")),
            context(UUID.randomUUID(), "x\r\nevil: 1"));

    assertThat(received.getFirst().body())
        .isEqualTo(
            "{\"type\":\"notification\",\"timestamp\":\"2026-11-21T12:00:00Z\","
                + "\"data\":{\"message\":\"Hello\"}}");
    assertThat(received.getFirst().headers()).doesNotContainKeys("Traceparent", "Evil");
  }

  @Test
  void givesUpAtOnceWhenTheEndpointIsGone() {
    answer("/gone", 410, null);

    assertThat(failure("/gone")).isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "HTTP 410"));
  }

  @Test
  void triesAgainAfterAServerError() {
    answer("/broken", 500, null);

    assertThat(failure("/broken"))
        .isEqualTo(new Failure.Transient(ErrorClass.SERVER_ERROR, "HTTP 500", null));
  }

  @Test
  void leavesTheHostAloneForAsLongAsItAsksFor() {
    answer("/busy", 429, "120");

    assertThat(failure("/busy"))
        .isEqualTo(new Failure.Unavailable("HTTP 429", Duration.ofMinutes(2)));
    Failure next = failure("/ok");

    assertThat(next).isInstanceOf(Failure.Unavailable.class);
    assertThat(((Failure.Unavailable) next).retryAfter())
        .isBetween(Duration.ofSeconds(100), Duration.ofMinutes(2));
    assertThat(received).hasSize(1);
  }

  @Test
  void followsNoRedirect() {
    answer("/moved", 307, null);

    assertThat(failure("/moved")).isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "HTTP 307"));
    assertThat(received).extracting(Received::path).containsExactly("/moved");
  }

  @Test
  void callsNoLoopbackAddressUnlessToldTo() {
    try (GuardedHttpClient guarded = new GuardedHttpClient(outbound(false), clock)) {
      NotificationHandler outside = handler(guarded, outbound(false));

      Throwable thrown =
          catchThrowable(
              () ->
                  outside.handle(
                      NotificationPayload.toUrl("Hello", null, null, url("/ok")),
                      context(UUID.randomUUID(), null)));

      assertThat(classifier.classify(thrown))
          .isInstanceOfSatisfying(
              Failure.Permanent.class,
              failure -> assertThat(failure.reason()).isEqualTo(ReasonCode.BLOCKED_DESTINATION));
      assertThat(received).isEmpty();
    }
  }

  @Test
  void sendsNothingItselfThatIsForAUserButRecordsOneResultForEachChannel() throws Exception {
    TaskContext context = context(UUID.randomUUID(), TRACEPARENT);

    HandlerResult result =
        handler.handle(forUser(USER, List.of("webhook", "in_app", "email")), context);

    UUID call = TaskIds.fromParent(context.id(), "endpoint " + ENDPOINT);
    UUID mail = TaskIds.fromParent(context.id(), "email");
    assertThat(StrictJson.mapper().valueToTree(result.value()).toString())
        .isEqualTo(
            StrictJson.mapper()
                .readTree(
                    """
                    {"outcome": "sent", "channels": [
                      {"channel": "webhook", "outcome": "submitted", "id": "%s", "endpoint": "%s"},
                      {"channel": "in_app", "outcome": "delivered", "id": "%s"},
                      {"channel": "email", "outcome": "submitted", "id": "%s"}]}
                    """
                        .formatted(call, ENDPOINT, context.id(), mail))
                .toString());
    assertThat(((ResultWithEffects) result).effects())
        .contains(new Effect.InboxFilled(USER, "Title", "Hello", "{\"a\":1}"))
        .hasSize(3);
    assertThat(submitted(result)).extracting(Task::id).containsExactly(call, mail);
    assertThat(submitted(result))
        .allSatisfy(
            task -> {
              assertThat(task.tenant()).isEqualTo("acme");
              assertThat(task.traceparent()).isEqualTo(TRACEPARENT);
            });
    assertThat(payloads.read(BuiltInTypes.NOTIFICATION, submitted(result).getFirst().payload()))
        .isEqualTo(
            NotificationPayload.toEndpoint(
                "Hello", "Title", JsonNodeFactory.instance.objectNode().put("a", 1), ENDPOINT));
    assertThat(payloads.read(BuiltInTypes.EMAIL, submitted(result).getLast().payload()))
        .satisfies(
            email -> {
              assertThat(email.to()).containsExactly("ada@example.com");
              assertThat(email.subject()).isEqualTo("Title");
              assertThat(email.text()).isEqualTo("Hello");
            });
    assertThat(received).isEmpty();
  }

  @Test
  void goesByTheUsersChannelsIfTheTaskNamesNone() throws Exception {
    HandlerResult result =
        handler.handle(forUser(USER, null), context(UUID.randomUUID(), TRACEPARENT));

    assertThat(((ResultWithEffects) result).effects())
        .containsExactly(new Effect.InboxFilled(USER, "Title", "Hello", "{\"a\":1}"));
  }

  private static List<Task> submitted(HandlerResult result) {
    return ((ResultWithEffects) result)
        .effects().stream()
            .filter(Effect.TaskSubmitted.class::isInstance)
            .map(effect -> ((Effect.TaskSubmitted) effect).task())
            .toList();
  }

  @Test
  void givesUpAtOnceWhenThereIsNoSuchUser() {
    Throwable thrown =
        catchThrowable(
            () ->
                handler.handle(
                    forUser(UUID.randomUUID(), null), context(UUID.randomUUID(), TRACEPARENT)));

    assertThat(classifier.classify(thrown))
        .isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "there is no such user"));
  }

  private static NotificationPayload forUser(UUID user, @Nullable List<String> channels) {
    var data = JsonNodeFactory.instance.objectNode().put("a", 1);
    return NotificationPayload.toUser("Hello", "Title", data, user.toString(), channels);
  }

  @Test
  void refusesToStartWithoutAKey() {
    assertThatThrownBy(
            () -> new Webhooks(client, dependencies(), outbound(true), properties("whsec_"), clock))
        .hasMessageContaining("taskfleet.notification.signing-secret");
  }

  private Failure failure(String path) {
    return classifier.classify(
        catchThrowable(
            () ->
                handler.handle(
                    NotificationPayload.toUrl("Hello", null, null, url(path)),
                    context(UUID.randomUUID(), null))));
  }

  private void answer(String path, int status, @Nullable String retryAfter) {
    server.createContext(
        path,
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          received.add(
              new Received(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().getPath(),
                  Map.copyOf(exchange.getRequestHeaders()),
                  new String(body, StandardCharsets.UTF_8)));
          exchange.getResponseHeaders().set("Location", "/elsewhere");
          if (retryAfter != null) {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
          }
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private NotificationHandler handler(GuardedHttpClient with, OutboundProperties outbound) {
    NotificationProperties properties = properties(SECRET);
    return new NotificationHandler(
        new Webhooks(with, dependencies(), outbound, properties, clock),
        new Recipients(
            (tenant, user) -> user.equals(USER) ? Optional.of(ADA) : Optional.empty(),
            new NoEndpoints(),
            (tenant, key, window, task) -> task,
            new NoDigests()),
        properties,
        classifier,
        clock);
  }

  private static NotificationProperties properties(String secret) {
    return new NotificationProperties(
        secret, Duration.ofSeconds(10), Duration.ofDays(5), "Notification");
  }

  /** Nothing here is collected: {@code NotificationIT} is about that. */
  private static final class NoDigests implements Digests {
    @Override
    public Digest add(Owner owner, Duration window, Item item) {
      throw new AssertionError("there is none");
    }

    @Override
    public boolean isDeliveredBy(String tenant, UUID task) {
      return false;
    }

    @Override
    public Collected close(String tenant, UUID id) {
      throw new AssertionError("there is none");
    }
  }

  /** Nothing here is for an endpoint: {@code NotificationIT} is about those. */
  private static final class NoEndpoints implements Endpoints {
    @Override
    public Optional<Endpoint> find(String tenant, UUID id) {
      return Optional.empty();
    }

    @Override
    public void succeeded(String tenant, Endpoint called) {
      throw new AssertionError("there is none");
    }

    @Override
    public void failed(String tenant, Endpoint called, String how, boolean isGone) {
      throw new AssertionError("there is none");
    }
  }

  private Dependencies dependencies() {
    return new Dependencies(
        new Binder(new MapConfigurationPropertySource())
            .bindOrCreate("taskfleet.dependency", DependencyProperties.class),
        CircuitBreakerRegistry.ofDefaults(),
        RateLimiterRegistry.ofDefaults(),
        classifier,
        clock);
  }

  private static OutboundProperties outbound(boolean allowsLoopback) {
    return new OutboundProperties(
        allowsLoopback ? List.of("127.0.0.0/8") : List.of(),
        null,
        100,
        30,
        Duration.ofSeconds(3),
        Duration.ofSeconds(3));
  }

  private TaskContext context(UUID id, @Nullable String traceparent) {
    return new AttemptContext(
        id, "acme", 1, CREATED, clock.instant().plusSeconds(30), traceparent, _ -> {});
  }

  private record Received(
      String method, String path, Map<String, List<String>> headers, String body) {

    @Nullable String header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().getFirst())
          .findFirst()
          .orElse(null);
    }
  }
}
