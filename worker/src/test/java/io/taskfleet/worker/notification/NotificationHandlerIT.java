package io.taskfleet.worker.notification;

import static io.taskfleet.worker.notification.NotificationHandlers.SECRET;
import static io.taskfleet.worker.notification.NotificationHandlers.TRACEPARENT;
import static io.taskfleet.worker.notification.NotificationHandlers.context;
import static io.taskfleet.worker.notification.NotificationHandlers.dependencies;
import static io.taskfleet.worker.notification.NotificationHandlers.handler;
import static io.taskfleet.worker.notification.NotificationHandlers.outbound;
import static io.taskfleet.worker.notification.NotificationHandlers.properties;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.standardwebhooks.Webhook;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.task.NotificationPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.JsonNodeFactory;

/** What becomes of a notification that is a POST. */
@Timeout(30)
class NotificationHandlerIT {
  private final FailureClassifier classifier = new FailureClassifier();
  private final AnsweringServer server = new AnsweringServer();
  private final GuardedHttpClient client = new GuardedHttpClient(outbound(true), Clock.systemUTC());
  private final NotificationHandler handler = handler(client, outbound(true));

  NotificationHandlerIT() throws IOException {}

  @BeforeEach
  void answer() {
    server.answer("/ok", 200, null);
    server.answer("/elsewhere", 200, null);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void deliversASignedPost() throws Exception {
    UUID id = UUID.randomUUID();
    var data = JsonNodeFactory.instance.objectNode().put("größe", 7);

    HandlerResult result =
        handler.handle(
            NotificationPayload.toUrl("Hello ☃", "Title", data, server.url("/ok?a=b")),
            context(id, TRACEPARENT));

    AnsweringServer.Received post = server.received().getFirst();
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
            NotificationPayload.toUrl("Hello", null, null, server.url("/ok")),
            context(UUID.randomUUID(), "x\r\nevil: 1"));

    assertThat(server.received().getFirst().body())
        .isEqualTo(
            "{\"type\":\"notification\",\"timestamp\":\"2026-11-21T12:00:00Z\","
                + "\"data\":{\"message\":\"Hello\"}}");
    assertThat(server.received().getFirst().headers()).doesNotContainKeys("Traceparent", "Evil");
  }

  @Test
  void givesUpAtOnceWhenTheEndpointIsGone() {
    server.answer("/gone", 410, null);

    assertThat(failure("/gone")).isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "HTTP 410"));
  }

  @Test
  void triesAgainAfterAServerError() {
    server.answer("/broken", 500, null);

    assertThat(failure("/broken"))
        .isEqualTo(new Failure.Transient(ErrorClass.SERVER_ERROR, "HTTP 500", null));
  }

  @Test
  void leavesTheHostAloneForAsLongAsItAsksFor() {
    server.answer("/busy", 429, "120");

    assertThat(failure("/busy"))
        .isEqualTo(new Failure.Unavailable("HTTP 429", Duration.ofMinutes(2)));
    Failure next = failure("/ok");

    assertThat(next).isInstanceOf(Failure.Unavailable.class);
    assertThat(((Failure.Unavailable) next).retryAfter())
        .isBetween(Duration.ofSeconds(100), Duration.ofMinutes(2));
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void followsNoRedirect() {
    server.answer("/moved", 307, null);

    assertThat(failure("/moved")).isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "HTTP 307"));
    assertThat(server.received())
        .extracting(AnsweringServer.Received::path)
        .containsExactly("/moved");
  }

  @Test
  void callsNoLoopbackAddressUnlessToldTo() {
    try (GuardedHttpClient guarded = new GuardedHttpClient(outbound(false), Clock.systemUTC())) {
      NotificationHandler outside = handler(guarded, outbound(false));

      Throwable thrown =
          catchThrowable(
              () ->
                  outside.handle(
                      NotificationPayload.toUrl("Hello", null, null, server.url("/ok")),
                      context(UUID.randomUUID(), null)));

      assertThat(classifier.classify(thrown))
          .isInstanceOfSatisfying(
              Failure.Permanent.class,
              failure -> assertThat(failure.reason()).isEqualTo(ReasonCode.BLOCKED_DESTINATION));
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void refusesToStartWithoutAKey() {
    assertThatThrownBy(
            () ->
                new Webhooks(
                    client,
                    dependencies(),
                    outbound(true),
                    properties("whsec_"),
                    Clock.systemUTC()))
        .hasMessageContaining("taskfleet.notification.signing-secret");
  }

  private Failure failure(String path) {
    return classifier.classify(
        catchThrowable(
            () ->
                handler.handle(
                    NotificationPayload.toUrl("Hello", null, null, server.url(path)),
                    context(UUID.randomUUID(), null))));
  }
}
