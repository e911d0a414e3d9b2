package io.taskfleet.worker.notification;

import static io.taskfleet.worker.notification.NotificationHandlers.ENDPOINT;
import static io.taskfleet.worker.notification.NotificationHandlers.TRACEPARENT;
import static io.taskfleet.worker.notification.NotificationHandlers.USER;
import static io.taskfleet.worker.notification.NotificationHandlers.context;
import static io.taskfleet.worker.notification.NotificationHandlers.handler;
import static io.taskfleet.worker.notification.NotificationHandlers.outbound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.NotificationPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.ResultWithEffects;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/** What becomes of a notification to a user. */
class FanoutTest {
  private final PayloadReader payloads = new PayloadReader();
  private final GuardedHttpClient client = new GuardedHttpClient(outbound(true), Clock.systemUTC());
  private final NotificationHandler handler = handler(client, outbound(true));

  @AfterEach
  void close() {
    payloads.close();
    client.close();
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
  }

  @Test
  void goesByTheUsersChannelsIfTheTaskNamesNone() throws Exception {
    HandlerResult result =
        handler.handle(forUser(USER, null), context(UUID.randomUUID(), TRACEPARENT));

    assertThat(((ResultWithEffects) result).effects())
        .containsExactly(new Effect.InboxFilled(USER, "Title", "Hello", "{\"a\":1}"));
  }

  @Test
  void givesUpAtOnceWhenThereIsNoSuchUser() {
    Throwable thrown =
        catchThrowable(
            () ->
                handler.handle(
                    forUser(UUID.randomUUID(), null), context(UUID.randomUUID(), TRACEPARENT)));

    assertThat(new FailureClassifier().classify(thrown))
        .isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "there is no such user"));
  }

  private static List<Task> submitted(HandlerResult result) {
    return ((ResultWithEffects) result)
        .effects().stream()
            .filter(Effect.TaskSubmitted.class::isInstance)
            .map(effect -> ((Effect.TaskSubmitted) effect).task())
            .toList();
  }

  private static NotificationPayload forUser(UUID user, @Nullable List<String> channels) {
    var data = JsonNodeFactory.instance.objectNode().put("a", 1);
    return NotificationPayload.toUser("Hello", "Title", data, user.toString(), channels);
  }
}
