package io.taskfleet.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.client.Accepted;
import io.taskfleet.client.AnalyticsEvent;
import io.taskfleet.client.Batch;
import io.taskfleet.client.BatchReceipt;
import io.taskfleet.client.BatchState;
import io.taskfleet.client.Channel;
import io.taskfleet.client.ConflictException;
import io.taskfleet.client.DeniedException;
import io.taskfleet.client.DownloadFormat;
import io.taskfleet.client.Email;
import io.taskfleet.client.HttpCall;
import io.taskfleet.client.ImportReceipt;
import io.taskfleet.client.InvalidException;
import io.taskfleet.client.JsonLines;
import io.taskfleet.client.NewSchedule;
import io.taskfleet.client.NewUser;
import io.taskfleet.client.NotFoundException;
import io.taskfleet.client.Notification;
import io.taskfleet.client.Preferences;
import io.taskfleet.client.Priority;
import io.taskfleet.client.Schedule;
import io.taskfleet.client.Submission;
import io.taskfleet.client.Task;
import io.taskfleet.client.TaskFilter;
import io.taskfleet.client.TaskResult;
import io.taskfleet.client.TaskState;
import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.client.Timeline;
import io.taskfleet.client.Token;
import io.taskfleet.client.User;
import io.taskfleet.client.UserStatus;
import io.taskfleet.client.Violation;
import io.taskfleet.standalone.demo.SharedFleet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every call of the client, answered by a gateway and a worker. */
class ClientIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static TaskfleetClient client;

  private final String tag = UUID.randomUUID().toString();

  @BeforeAll
  static void start() throws Exception {
    client = SharedFleet.get().client();
  }

  private Submission event() {
    return Submission.of(AnalyticsEvent.named("client.it").value(1.5)).tags(tag);
  }

  private Submission tomorrow() {
    return event().delay(Duration.ofHours(24));
  }

  @Test
  void submitsEveryType() {
    Accepted email =
        client.submit(Email.to("ada@example.com").cc("bob@example.com").subject("S").text("T"));
    Accepted notification =
        client.submit(
            Submission.of(
                    Notification.to("http://127.0.0.1:9/", "m").title("t").data(Map.of("a", 1)))
                .delay(Duration.ofHours(1)));
    Accepted call =
        client.submit(
            Submission.of(
                    HttpCall.of("PUT", "http://127.0.0.1:9/")
                        .body(Map.of("b", 2))
                        .expect(200)
                        .timeout(Duration.ofSeconds(5))
                        .orLastGoodReply())
                .delay(Duration.ofHours(1)));

    assertThat(email.type()).isEqualTo("email");
    assertThat(notification.state()).isEqualTo(TaskState.SCHEDULED);
    assertThat(client.get(call.id()).payload())
        .asString()
        .contains("\"body\":{\"b\":2}", "\"timeout\":\"PT5S\"", "\"fallback\":\"cached\"");
    assertThat(client.await(email.id(), PATIENCE).state()).isEqualTo(TaskState.SUCCEEDED);
    client.cancel(notification.id());
    client.cancel(call.id());
  }

  @Test
  void saysEverythingThatCanBeSaidOfATask() {
    Instant end = Instant.now().plusSeconds(7_200);
    Accepted accepted =
        client.submit(
            event()
                .key("k-1")
                .priority(Priority.BULK)
                .delay(Duration.ofMinutes(90))
                .expiresAt(end)
                .maxAttempts(7)
                .timeout(Duration.ofSeconds(12)));

    Task task = client.get(accepted.id());
    assertThat(task.priority()).isEqualTo(Priority.BULK);
    assertThat(task.key()).isEqualTo("k-1");
    assertThat(task.maxAttempts()).isEqualTo(7);
    assertThat(task.tags()).containsExactly(tag);
    assertThat(task.isFinal()).isFalse();
    client.cancel(accepted.id());
  }

  @Test
  void followsATaskToItsEnd() {
    Accepted accepted = client.submit(event());

    try (Stream<Task> changes = client.watch(accepted.id())) {
      assertThat(changes.toList()).last().extracting(Task::state).isEqualTo(TaskState.SUCCEEDED);
    }
    Timeline timeline = client.timeline(accepted.id());
    assertThat(timeline.state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(timeline.entries()).extracting(Timeline.Entry::event).contains("accepted", "ended");
  }

  @Test
  void waitsNoLongerThanItIsToldTo() {
    Accepted accepted = client.submit(tomorrow());
    long began = System.nanoTime();

    Task task = client.await(accepted.id(), Duration.ofMillis(500));

    assertThat(task.state()).isEqualTo(TaskState.SCHEDULED);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
    client.cancel(accepted.id());
  }

  @Test
  void cancelsWhatHasNotEnded() {
    Accepted later = client.submit(tomorrow());
    Accepted now = client.submit(event());
    client.await(now.id(), PATIENCE);

    assertThat(client.cancel(later.id()).state()).isEqualTo(TaskState.CANCELLED);
    assertThat(client.cancel(later.id()).state()).isEqualTo(TaskState.CANCELLED);
    assertThatThrownBy(() -> client.cancel(now.id())).isInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> client.get(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
  }

  @Test
  void listsAndExportsOverManyPages() {
    List<UUID> ids = IntStream.range(0, 7).mapToObj(i -> client.submit(tomorrow()).id()).toList();
    ids.forEach(client::cancel);
    TaskFilter mine = TaskFilter.all().tag(tag).state(TaskState.CANCELLED).pageSize(3);

    assertThat(client.list(mine).map(Task::id).toList()).containsExactlyInAnyOrderElementsOf(ids);
    try (Stream<String> lines = client.export(mine, DownloadFormat.CSV)) {
      assertThat(lines.toList()).hasSize(8);
    }
  }

  @Test
  void tellsWhichFieldIsWrong() {
    assertThatThrownBy(() -> client.submit(Email.to("ada").subject("S").text("T")))
        .isInstanceOfSatisfying(
            InvalidException.class,
            refused ->
                assertThat(refused.problem().errors())
                    .extracting(Violation::pointer)
                    .containsExactly("/payload/to/0"));
  }

  @Test
  void theSameKeyIsTheSameTask() {
    String key = UUID.randomUUID().toString();
    Submission task = event();

    assertThat(client.submit(task, key).id()).isEqualTo(client.submit(task, key).id());
    assertThatThrownBy(() -> client.submit(tomorrow(), key)).isInstanceOf(InvalidException.class);
  }

  @Test
  void submitsEventsByTheHundred() {
    List<AnalyticsEvent> events =
        IntStream.range(0, 100).mapToObj(i -> AnalyticsEvent.named("client.it").value(i)).toList();

    assertThat(client.submit(events).accepted()).hasSize(100);
  }

  @Test
  void streamsABatchAndFollowsItToItsEnd() {
    int tasks = 5_000;
    BatchReceipt receipt =
        client
            .batches()
            .upload(
                JsonLines.of(
                    () ->
                        IntStream.rangeClosed(1, tasks)
                            .mapToObj(
                                i -> i == 1_000 ? Submission.of("nothing", Map.of()) : event())),
                event());

    assertThat(receipt.accepted()).isEqualTo(tasks - 1);
    assertThat(receipt.refusedLines().getFirst().line()).isEqualTo(1_001);
    try (Stream<Batch> changes = client.batches().watch(receipt.id())) {
      assertThat(changes.toList()).last().extracting(Batch::state).isEqualTo(BatchState.FINISHED);
    }
    Batch batch = client.batches().get(receipt.id());
    assertThat(batch.counts().succeeded()).isEqualTo(tasks - 1);
    try (Stream<TaskResult> results = client.batches().results(receipt.id())) {
      assertThat(results.map(TaskResult::id).distinct()).hasSize(tasks - 1);
    }
  }

  @Test
  void waitsForASmallBatchAndItsResults() {
    BatchReceipt receipt = client.batches().submit(List.of(event(), event()));

    Batch batch = client.batches().await(receipt.id(), PATIENCE);

    assertThat(receipt.tasks()).hasSize(2);
    assertThat(batch.isFinal()).isTrue();
    assertThat(batch.results()).hasSize(2);
  }

  @Test
  void cancelsABatch() {
    BatchReceipt receipt = client.batches().submit(List.of(tomorrow(), tomorrow()));

    assertThat(client.batches().cancel(receipt.id()).cancelledAt()).isNotNull();
  }

  @Test
  void makesChangesRunsAndRemovesSchedules() {
    String name = "s-" + tag;
    NewSchedule pulse = NewSchedule.every(name, Duration.ofHours(3), event());

    Schedule made = client.schedules().create(pulse);
    assertThat(made.every()).isEqualTo("PT3H");
    assertThat(made.nextFireAt()).isAfter(Instant.now());
    assertThatThrownBy(() -> client.schedules().create(pulse))
        .isInstanceOf(ConflictException.class);
    assertThat(client.schedules().enable(name, false).nextFireAt()).isNull();
    Accepted run = client.schedules().run(name);
    assertThat(client.await(run.id(), PATIENCE).state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(client.schedules().list().map(Schedule::name)).contains(name);
    client.schedules().delete(name);
    assertThatThrownBy(() -> client.schedules().get(name)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void makesChangesAndRemovesUsers() {
    User made =
        client.users().create(NewUser.of(tag + "@example.com", "Ada").permissions("reports:read"));
    UUID id = made.id();

    assertThat(client.users().patch(id, Map.of("name", "Ada King")).name()).isEqualTo("Ada King");
    Preferences quiet =
        new Preferences(
            List.of(Channel.IN_APP), new Preferences.QuietHours("22:00", "07:00", null), "en");
    assertThat(client.users().setPreferences(id, quiet)).isEqualTo(quiet);
    assertThat(client.users().preferences(id)).isEqualTo(quiet);
    assertThat(client.users().setPermissions(id, List.of("b", "a"))).containsExactly("a", "b");
    assertThat(client.users().profile(id).user().name()).isEqualTo("Ada King");
    assertThat(client.users().notifications(id, true)).isEmpty();
    assertThat(client.users().setStatus(List.of(id), UserStatus.SUSPENDED)).isEqualTo(1);
    assertThat(client.users().list(UserStatus.SUSPENDED).map(User::id)).contains(id);
    client.users().delete(id);
    assertThatThrownBy(() -> client.users().get(id)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void importsUsersOnceHoweverOftenTheyAreSent() {
    JsonLines lines =
        JsonLines.of(
                () ->
                    IntStream.range(0, 3)
                        .mapToObj(
                            i -> NewUser.of(i == 1 ? "nobody" : tag + i + "@example.com", "U")))
            .key(tag);

    ImportReceipt first = client.users().importAll(lines);
    ImportReceipt again = client.users().importAll(lines);

    assertThat(first.created()).isEqualTo(2);
    assertThat(first.errors().getFirst().line()).isEqualTo(2);
    assertThat(again.existing()).isEqualTo(2);
  }

  @Test
  void makesATokenThatIsGoodForWhatItSays() throws Exception {
    Token token = client.token("ada", List.of("tasks:read"), Duration.ofMinutes(5));
    TaskfleetClient browser =
        TaskfleetClient.at(SharedFleet.get().ready().url()).key(token.token()).build();

    assertThat(browser.page(TaskFilter.all(), null).items()).isNotNull();
    assertThat(token.toString()).doesNotContain(token.token());
    assertThatThrownBy(() -> browser.submit(event())).isInstanceOf(DeniedException.class);
  }

  @Test
  void knowsNothingOfAnotherTenant() throws Exception {
    Accepted task = client.submit(tomorrow());
    BatchReceipt batch = client.batches().submit(List.of(tomorrow()));
    User user = client.users().create(NewUser.of(tag + "@example.com", "Ada"));
    SharedFleet fleet = SharedFleet.get();
    TaskfleetClient other =
        TaskfleetClient.at(fleet.ready().url()).key(fleet.keyOf("other")).build();

    List<Runnable> calls =
        List.of(
            () -> other.get(task.id()),
            () -> other.await(task.id(), PATIENCE),
            () -> other.watch(task.id()).forEach(any -> {}),
            () -> other.timeline(task.id()),
            () -> other.cancel(task.id()),
            () -> other.batches().get(batch.id()),
            () -> other.batches().watch(batch.id()).forEach(any -> {}),
            () -> other.batches().results(batch.id()).forEach(any -> {}),
            () -> other.batches().cancel(batch.id()),
            () -> other.users().get(user.id()),
            () -> other.users().delete(user.id()));
    assertThat(calls)
        .allSatisfy(call -> assertThatThrownBy(call::run).isInstanceOf(NotFoundException.class));
    client.cancel(task.id());
    client.batches().cancel(batch.id());
  }
}
