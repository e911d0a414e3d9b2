package io.taskfleet.worker;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.TaskHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Notifications to endpoints and users, with a receiver that misbehaves when it is told to. */
class NotificationIT {
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final TestFleet FLEET =
      new TestFleet(STACK, SharedLocalStack.createDatabase("notifications"));
  private static final NotifiedTenant TENANT = new NotifiedTenant(FLEET.database);

  /** Each test has a port of its own, and so a breaker of its own. */
  private final WebhookSink sink = new WebhookSink();

  @BeforeAll
  static void startWorker() {
    FLEET.startWorker(
        "taskfleet.worker.types=notification,email",
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
      assertThat(attempts(each.task)).as(each.ending.toString()).isEqualTo(each.ending.calls);
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
    assertThat(attempts(task)).isEqualTo(3);
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
    assertThat(attempts(task)).isEqualTo(1);
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
    assertThat(error(second)).isEqualTo("the endpoint is disabled: gone");
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
    assertThat(error(task)).isEqualTo("the endpoint is disabled: failing");
    assertThat(sink.calls()).hasSize(1);
    assertThat(attempts(task)).isEqualTo(1);
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
    assertThat(attempts(task)).isZero();
    assertThat(sink.calls()).isEmpty();
  }

  @Test
  void rejectsWhatIsForAnotherTenantsEndpoint() {
    UUID foreign = TENANT.endpointOf("another", sink.url());
    Task task = toEndpoint(foreign);

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "dead");
    assertThat(error(task)).isEqualTo("there is no such endpoint");
    assertThat(sink.calls()).isEmpty();
  }

  @Test
  void reachesAUserOnEachChannelOnceHoweverOftenItIsDelivered() {
    UUID user = TENANT.user("{webhook,in_app,email}");
    UUID endpoint = TENANT.endpointOfUser(sink.once(500, null).url(), user);
    Task task = expiring(toUser(user, ""));

    FLEET.publish(task);
    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    UUID call = TaskIds.fromParent(task.id(), "endpoint " + endpoint);
    UUID mail = TaskIds.fromParent(task.id(), "email");
    FLEET.awaitState(call, "succeeded");
    FLEET.awaitState(mail, "succeeded");
    assertThat(sink.calls()).extracting(WebhookSink.Call::id).containsOnly(call.toString());
    assertThat(sink.calls()).hasSize(2);
    assertThat(TENANT.inbox(user)).containsExactly(task.id());
    assertThat(mailsTo(user)).isEqualTo(1);
    assertThat(result(task).at("/channels").findValuesAsString("channel"))
        .containsExactly("webhook", "in_app", "email");
    assertThat(result(task).at("/channels").findValuesAsString("id"))
        .containsExactly(call.toString(), task.id().toString(), mail.toString());
    assertThat(
            FLEET.count(
                """
                select count(*) from task as first, task as following
                 where first.id = ? and following.id in (?, ?)
                   and following.expires_at = first.expires_at
                """,
                task.id(),
                call,
                mail))
        .isEqualTo(2);
  }

  @Test
  void sendsNothingToWhoWantsNothing() {
    UUID user = TENANT.user("{}");
    Task task = toUser(user, "");

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    assertThat(result(task).get("outcome").asString()).isEqualTo("silenced");
    assertThat(TENANT.inbox(user)).isEmpty();
  }

  @Test
  void waitsForTheEndOfQuietHoursUnlessItIsUrgent() {
    UUID user = TENANT.user("{in_app}");
    Instant end = TENANT.isQuietFor(user, "Asia/Kolkata", Duration.ofHours(3));
    Task patient = toUser(user, "");
    Task urgent = toUser(user, ",\"urgent\":true");

    FLEET.publish(patient);
    FLEET.publish(urgent);

    FLEET.awaitState(urgent.id(), "succeeded");
    FLEET.awaitState(patient.id(), "deferred");
    assertThat(TENANT.inbox(user)).containsExactly(urgent.id());
    assertThat(attempts(patient)).isZero();
    assertThat(dueAt(patient.id())).isBetween(end, end.plusSeconds(61));
    assertThat(error(patient)).isEqualTo("the user's quiet hours");
  }

  @Test
  void sendsOneOfThoseWithOneKeyAndSuppressesTheOthers() {
    UUID endpoint = TENANT.endpoint(sink.once(500, null).url());
    String key = ",\"dedup\":{\"key\":\"%s\",\"window\":\"1h\"}".formatted(endpoint);
    List<Task> tasks = Stream.generate(() -> toEndpoint(endpoint, key)).limit(20).toList();

    FLEET.publishAll(tasks);

    tasks.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    Map<String, List<Task>> byOutcome =
        tasks.stream().collect(groupingBy(task -> result(task).get("outcome").asString()));
    assertThat(byOutcome.get("sent")).hasSize(1);
    String sent = byOutcome.get("sent").getFirst().id().toString();
    assertThat(byOutcome.get("suppressed"))
        .hasSize(19)
        .allSatisfy(task -> assertThat(result(task).get("by").asString()).isEqualTo(sent));
    assertThat(sink.calls()).extracting(WebhookSink.Call::id).containsExactly(sent, sent);
  }

  @Test
  void whatDiedOrIsLongPastSuppressesNobody() {
    UUID endpoint = TENANT.endpoint(sink.once(400, null).url());
    String key = ",\"dedup\":{\"key\":\"%s\",\"window\":\"1h\"}".formatted(endpoint);
    Task dead = toEndpoint(endpoint, key);
    FLEET.publish(dead);
    FLEET.awaitState(dead.id(), "dead");
    Task second = toEndpoint(endpoint, key);
    FLEET.publish(second);
    FLEET.awaitState(second.id(), "succeeded");
    TENANT.passWindowOf(endpoint.toString());
    Task third = toEndpoint(endpoint, key);

    FLEET.publish(third);

    FLEET.awaitState(third.id(), "succeeded");
    assertThat(sink.calls())
        .extracting(WebhookSink.Call::id)
        .containsExactly(dead.id().toString(), second.id().toString(), third.id().toString());
  }

  @Test
  void bringsWhatIsCollectedAsOneWhenTheWindowEnds() {
    UUID user = TENANT.user("{in_app,email}");
    String digest = ",\"digest\":{\"key\":\"tea\",\"window\":\"1s\"}";
    List<Task> tasks = Stream.generate(() -> expiring(toUser(user, digest))).limit(12).toList();

    FLEET.publishAll(tasks);
    FLEET.publishAll(tasks);

    tasks.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    Set<UUID> digests =
        tasks.stream()
            .map(task -> UUID.fromString(result(task).get("by").asString()))
            .collect(toSet());
    digests.forEach(id -> FLEET.awaitState(id, "succeeded"));
    assertThat(tasks)
        .allSatisfy(
            task -> assertThat(result(task).get("outcome").asString()).isEqualTo("collected"));
    assertThat(TENANT.inbox(user)).containsExactlyInAnyOrderElementsOf(digests);
    assertThat(TENANT.collectedIn(user))
        .containsExactlyInAnyOrderElementsOf(
            tasks.stream().map(task -> task.id().toString()).toList());
    digests.forEach(id -> FLEET.awaitState(TaskIds.fromParent(id, "email"), "succeeded"));
    assertThat(mailsTo(user)).isEqualTo(digests.size());
    assertThat(digests)
        .as("expire with none of them")
        .allSatisfy(
            id ->
                assertThat(
                        FLEET.count(
                            "select count(*) from task where id = ? and expires_at is null", id))
                    .isEqualTo(1));
  }

  @Test
  void aDigestWaitsForTheEndOfQuietHours() {
    UUID user = TENANT.user("{in_app}");
    Instant end = TENANT.isQuietFor(user, "America/Bogota", Duration.ofHours(2));
    Task task = toUser(user, ",\"digest\":{\"key\":\"tea\",\"window\":\"1s\"}");

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    UUID digest = UUID.fromString(result(task).get("by").asString());
    FLEET.awaitState(digest, "deferred");
    assertThat(dueAt(digest)).isBetween(end, end.plusSeconds(61));
    assertThat(TENANT.inbox(user)).isEmpty();
  }

  @Test
  void aDigestThatWasCancelledDoesNotComeBackWhenItsTaskIsForgotten() {
    UUID user = TENANT.user("{in_app}");
    Task unwanted = toUser(user, ",\"digest\":{\"key\":\"tea\",\"window\":\"1h\"}");
    FLEET.publish(unwanted);
    FLEET.awaitState(unwanted.id(), "succeeded");
    TENANT.cancelAndForget(UUID.fromString(result(unwanted).get("by").asString()));
    Task next = toUser(user, ",\"digest\":{\"key\":\"tea\",\"window\":\"1s\"}");

    FLEET.publish(next);

    FLEET.awaitState(next.id(), "succeeded");
    UUID digest = UUID.fromString(result(next).get("by").asString());
    FLEET.awaitState(digest, "succeeded");
    assertThat(TENANT.inbox(user)).containsExactly(digest);
    assertThat(TENANT.collectedIn(user)).as("it came alone").isEmpty();
  }

  private static Task toEndpoint(UUID endpoint) {
    return toEndpoint(endpoint, "");
  }

  private static Task toEndpoint(UUID endpoint, String more) {
    return FLEET.task(
        BuiltInTypes.NOTIFICATION,
        "{\"message\":\"Hello\",\"endpoint\":\"%s\"%s}".formatted(endpoint, more),
        Task.Options.NONE);
  }

  private static Task toUser(UUID user, String more) {
    return FLEET.task(
        BuiltInTypes.NOTIFICATION,
        "{\"message\":\"Hello\",\"user_id\":\"%s\"%s}".formatted(user, more),
        Task.Options.NONE);
  }

  private static Task expiring(Task task) {
    Instant end = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    return TestTasks.withOptions(task, new Task.Options(null, null, null, end));
  }

  private static long attempts(Task task) {
    return FLEET.count("select attempt from task where id = ?", task.id());
  }

  private static String error(Task task) {
    return text("error_detail", task);
  }

  private static JsonNode result(Task task) {
    return JsonMapper.shared().readTree(text("result", task));
  }

  private static Instant dueAt(UUID task) {
    return Instant.ofEpochMilli(
        FLEET.count("select extract(epoch from due_at) * 1000 from task where id = ?", task));
  }

  private static String text(String column, Task task) {
    return FLEET
        .database
        .sql("select " + column + "::text from task where id = ?")
        .param(task.id())
        .query(String.class)
        .single();
  }

  private static long mailsTo(UUID user) {
    return STACK.mail().messages().stream()
        .filter(mail -> mail.recipients().contains(NotifiedTenant.email(user)))
        .count();
  }
}
