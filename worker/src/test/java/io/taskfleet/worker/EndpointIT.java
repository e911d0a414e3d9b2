package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.wire.TaskHeaders;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Notifications to endpoints, with a receiver that misbehaves when it is told to. */
class EndpointIT {
  private static final TestFleet FLEET =
      new TestFleet(
          SharedLocalStack.get(), SharedLocalStack.createDatabase("endpoint_notifications"));
  private static final NotifiedTenant TENANT = new NotifiedTenant(FLEET.database);

  /** Each test has a port of its own, and so a breaker of its own. */
  private final WebhookSink sink = new WebhookSink();

  @BeforeAll
  static void startWorker() {
    FLEET.startWorker(
        "taskfleet.worker.types=notification",
        "taskfleet.worker.defaults.max-attempts=3",
        "taskfleet.worker.defaults.backoff-base=20ms",
        "taskfleet.worker.defaults.backoff-cap=50ms");
  }

  @AfterAll
  static void stop() {
    FLEET.close();
  }

  @AfterEach
  void closeSink() {
    sink.close();
  }

  /** What one answer, always given, comes to. */
  private record Ending(
      int status, String state, @Nullable String reason, int calls, String endpointIs) {}

  private static final List<Ending> ENDINGS =
      List.of(
          new Ending(400, "dead", "REJECTED", 1, "failing"),
          new Ending(404, "dead", "REJECTED", 1, "failing"),
          new Ending(302, "dead", "REJECTED", 1, "failing"),
          new Ending(500, "dead", "RETRIES_EXHAUSTED", 3, "failing"),
          new Ending(503, "dead", "RETRIES_EXHAUSTED", 3, "failing"),
          new Ending(408, "dead", "RETRIES_EXHAUSTED", 3, "failing"),
          new Ending(410, "dead", "REJECTED", 1, "gone"),
          new Ending(200, "succeeded", null, 1, "fine"),
          new Ending(204, "succeeded", null, 1, "fine"));

  /** A receiver that gives one answer, its endpoint, and a task for it. */
  private record Case(Ending ending, WebhookSink sink, UUID endpoint, Task task) {
    static Case of(Ending ending) {
      WebhookSink sink = new WebhookSink().always(ending.status);
      UUID endpoint = TENANT.endpoint(sink.url());
      return new Case(ending, sink, endpoint, toEndpoint(endpoint));
    }
  }

  @Test
  void endsAsTheReceiverAnswers() {
    List<Case> cases = ENDINGS.stream().map(Case::of).toList();

    FLEET.publishAll(cases.stream().map(Case::task).toList());

    cases.forEach(each -> FLEET.awaitState(each.task.id(), each.ending.state));
    for (Case each : cases) {
      String id = each.task.id().toString();
      assertThat(each.sink.calls())
          .as(each.ending.toString())
          .extracting(WebhookSink.Call::id)
          .hasSize(each.ending.calls)
          .containsOnly(id);
      assertThat(FLEET.attempts(each.task)).as(each.ending.toString()).isEqualTo(each.ending.calls);
      assertThat(TENANT.standing(each.endpoint))
          .as(each.ending.toString())
          .isEqualTo(each.ending.endpointIs);
      each.sink.close();
    }
    await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> hasDeadLettersOf(cases));
  }

  private static void hasDeadLettersOf(List<Case> cases) {
    List<ConsumerRecord<byte[], byte[]>> all = FLEET.topics.deadLetters(BuiltInTypes.NOTIFICATION);
    for (Case each : cases) {
      List<ConsumerRecord<byte[], byte[]>> letters =
          all.stream()
              .filter(
                  letter ->
                      TestTopics.header(letter, TaskHeaders.DLT_TASK_ID)
                          .equals(each.task.id().toString()))
              .toList();
      assertThat(letters)
          .as(each.ending.toString())
          .hasSize(each.ending.reason == null ? 0 : 1)
          .allSatisfy(
              letter -> {
                assertThat(letter.value()).isEqualTo(each.task.payload());
                assertThat(TestTopics.header(letter, "taskfleet_dlt-reason"))
                    .isEqualTo(each.ending.reason);
                assertThat(TestTopics.header(letter, "taskfleet_dlt-attempts"))
                    .isEqualTo(Integer.toString(each.ending.calls));
              });
    }
  }

  @Test
  void triesAgainUntilTheReceiverTakesIt() {
    UUID endpoint = TENANT.endpoint(sink.once(500, null).once(502, null).url());
    Task task = toEndpoint(endpoint);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    assertThat(sink.calls()).hasSize(3);
    assertThat(FLEET.attempts(task)).isEqualTo(3);
    assertThat(TENANT.standing(endpoint)).isEqualTo("fine");
    assertThat(FLEET.topics.deadLettersOf(BuiltInTypes.NOTIFICATION, task.id())).isEmpty();
  }

  @Test
  void waitsForAsLongAsTheReceiverAsksAndSpendsNoAttempt() {
    UUID endpoint = TENANT.endpoint(sink.once(429, "2").url());
    Task task = toEndpoint(endpoint);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    assertThat(sink.calls()).hasSize(2);
    assertThat(Duration.between(sink.calls().getFirst().at(), sink.calls().getLast().at()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    assertThat(FLEET.attempts(task)).isEqualTo(1);
    assertThat(TENANT.standing(endpoint)).isEqualTo("fine");
    assertThat(FLEET.topics.deadLettersOf(BuiltInTypes.NOTIFICATION, task.id())).isEmpty();
  }

  @Test
  void callsNoEndpointThatIsGoneUntilItIsEnabled() {
    UUID endpoint = TENANT.endpoint(sink.once(410, null).url());
    Task first = toEndpoint(endpoint);
    FLEET.publish(first);
    FLEET.awaitState(first.id(), "dead");
    Task second = toEndpoint(endpoint);

    FLEET.publish(second);

    FLEET.awaitState(second.id(), "dead");
    assertThat(sink.calls()).hasSize(1);
    assertThat(FLEET.error(second)).isEqualTo("the endpoint is disabled: gone");
    TENANT.enable(endpoint);
    Task third = toEndpoint(endpoint);
    FLEET.publish(third);
    FLEET.awaitState(third.id(), "succeeded");
  }

  @Test
  void givesUpAnEndpointThatHasFailedForDays() {
    UUID endpoint = TENANT.endpoint(sink.always(500).url());
    TENANT.failingSince(endpoint, Duration.ofDays(5).plusMinutes(1));
    Task task = toEndpoint(endpoint);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "dead");
    assertThat(sink.calls()).hasSize(1);
    assertThat(TENANT.standing(endpoint)).isEqualTo("failing, disabled");
  }

  @Test
  void givesUpAnEndpointThatHasAskedToWaitForDays() {
    UUID endpoint = TENANT.endpoint(sink.once(503, "1").url());
    TENANT.failingSince(endpoint, Duration.ofDays(5).plusMinutes(1));
    Task task = toEndpoint(endpoint);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "dead");
    assertThat(FLEET.error(task)).isEqualTo("the endpoint is disabled: failing");
    assertThat(sink.calls()).hasSize(1);
    assertThat(FLEET.attempts(task)).isEqualTo(1);
  }

  @Test
  void oneSuccessForgivesAnEndpointWhatItFailedAt() {
    UUID endpoint = TENANT.endpoint(sink.once(500, null).url());
    TENANT.failingSince(endpoint, Duration.ofDays(5).minusMinutes(1));
    Task task = toEndpoint(endpoint);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    assertThat(TENANT.standing(endpoint)).isEqualTo("fine");
  }

  @Test
  void signsWithBothKeysWhileTheyOverlapAndWithNoneThatHasExpired() throws Exception {
    UUID endpoint = TENANT.endpointWithoutKey(sink.url());
    String expired = TENANT.key(endpoint, Duration.ofSeconds(-1));
    String old = TENANT.key(endpoint, Duration.ofHours(1));
    String fresh = TENANT.key(endpoint, null);
    Task task = toEndpoint(endpoint);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    WebhookSink.Call call = sink.calls().getFirst();
    new Webhook(old).verify(call.body(), call.headers());
    new Webhook(fresh).verify(call.body(), call.headers());
    assertThatThrownBy(() -> new Webhook(expired).verify(call.body(), call.headers()))
        .hasMessageContaining("signature");
    assertThat(call.signatures()).hasSize(2).allMatch(signature -> signature.startsWith("v1,"));
  }

  @Test
  void putsOffWhatItHasNoKeyToSignWithAndSpendsNoAttempt() {
    UUID endpoint = TENANT.endpoint(sink.url());
    TENANT.sealWithAnUnknownKey(endpoint);
    Task task = toEndpoint(endpoint);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "deferred");
    assertThat(FLEET.attempts(task)).isZero();
    assertThat(sink.calls()).isEmpty();
  }

  @Test
  void rejectsWhatIsForAnotherTenantsEndpoint() {
    UUID foreign = TENANT.endpointOf("another", sink.url());
    Task task = toEndpoint(foreign);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "dead");
    assertThat(FLEET.error(task)).isEqualTo("there is no such endpoint");
    assertThat(sink.calls()).isEmpty();
  }

  private static Task toEndpoint(UUID endpoint) {
    return FLEET.task(
        BuiltInTypes.NOTIFICATION,
        "{\"message\":\"Hello\",\"endpoint\":\"%s\"}".formatted(endpoint),
        Task.Options.NONE);
  }
}
