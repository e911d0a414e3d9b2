package io.taskfleet.worker;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Notifications to users, and those of which one is sent for several. */
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
    assertThat(FLEET.result(task).at("/channels").findValuesAsString("channel"))
        .containsExactly("webhook", "in_app", "email");
    assertThat(FLEET.result(task).at("/channels").findValuesAsString("id"))
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
    assertThat(FLEET.result(task).get("outcome").asString()).isEqualTo("silenced");
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
    assertThat(FLEET.attempts(patient)).isZero();
    assertThat(dueAt(patient.id())).isBetween(end, end.plusSeconds(61));
    assertThat(FLEET.error(patient)).isEqualTo("the user's quiet hours");
  }

  @Test
  void sendsOneOfThoseWithOneKeyAndSuppressesTheOthers() {
    UUID endpoint = TENANT.endpoint(sink.once(500, null).url());
    String key = ",\"dedup\":{\"key\":\"%s\",\"window\":\"1h\"}".formatted(endpoint);
    List<Task> tasks = Stream.generate(() -> toEndpoint(endpoint, key)).limit(20).toList();

    FLEET.publishAll(tasks);

    tasks.forEach(task -> FLEET.awaitState(task.id(), "succeeded"));
    Map<String, List<Task>> byOutcome =
        tasks.stream().collect(groupingBy(task -> FLEET.result(task).get("outcome").asString()));
    assertThat(byOutcome.get("sent")).hasSize(1);
    String sent = byOutcome.get("sent").getFirst().id().toString();
    assertThat(byOutcome.get("suppressed"))
        .hasSize(19)
        .allSatisfy(task -> assertThat(FLEET.result(task).get("by").asString()).isEqualTo(sent));
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
            .map(task -> UUID.fromString(FLEET.result(task).get("by").asString()))
            .collect(toSet());
    digests.forEach(id -> FLEET.awaitState(id, "succeeded"));
    assertThat(tasks)
        .allSatisfy(
            task ->
                assertThat(FLEET.result(task).get("outcome").asString()).isEqualTo("collected"));
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
    UUID digest = UUID.fromString(FLEET.result(task).get("by").asString());
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
    TENANT.cancelAndForget(UUID.fromString(FLEET.result(unwanted).get("by").asString()));
    Task next = toUser(user, ",\"digest\":{\"key\":\"tea\",\"window\":\"1s\"}");

    FLEET.publish(next);

    FLEET.awaitState(next.id(), "succeeded");
    UUID digest = UUID.fromString(FLEET.result(next).get("by").asString());
    FLEET.awaitState(digest, "succeeded");
    assertThat(TENANT.inbox(user)).containsExactly(digest);
    assertThat(TENANT.collectedIn(user)).as("it came alone").isEmpty();
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

  private static Instant dueAt(UUID task) {
    return Instant.ofEpochMilli(
        FLEET.count("select extract(epoch from due_at) * 1000 from task where id = ?", task));
  }

  private static long mailsTo(UUID user) {
    return STACK.mail().messages().stream()
        .filter(mail -> mail.recipients().contains(NotifiedTenant.email(user)))
        .count();
  }
}
