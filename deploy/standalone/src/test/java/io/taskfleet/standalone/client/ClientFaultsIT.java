package io.taskfleet.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.client.Accepted;
import io.taskfleet.client.AnalyticsEvent;
import io.taskfleet.client.Batch;
import io.taskfleet.client.BatchReceipt;
import io.taskfleet.client.DeniedException;
import io.taskfleet.client.JsonLines;
import io.taskfleet.client.NewSchedule;
import io.taskfleet.client.RetryPolicy;
import io.taskfleet.client.Submission;
import io.taskfleet.client.Task;
import io.taskfleet.client.TaskFilter;
import io.taskfleet.client.TaskState;
import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.client.UnavailableException;
import io.taskfleet.standalone.client.FaultProxy.Fault;
import io.taskfleet.standalone.demo.SharedFleet;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of calls when the way to the gateway fails. */
class ClientFaultsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TASKS = 20_000;

  private static SharedFleet fleet;
  private static TaskfleetClient direct;

  private final String tag = UUID.randomUUID().toString();

  @BeforeAll
  static void start() throws Exception {
    fleet = SharedFleet.get();
    direct = fleet.client();
  }

  private TaskfleetClient.Builder through(FaultProxy proxy) {
    return TaskfleetClient.at(proxy.url()).key(fleet.ready().apiKey());
  }

  private FaultProxy proxy(Fault... faults) throws Exception {
    return new FaultProxy(fleet.ready().url(), faults);
  }

  private Submission event() {
    return Submission.of(AnalyticsEvent.named("client.fault")).tags(tag);
  }

  @Test
  void isOneTaskThoughTheAnswerWasLostThreeTimes() throws Exception {
    try (FaultProxy proxy =
        proxy(Fault.answerCutAfter(1), Fault.answerCutAfter(40), Fault.answerCutAfter(200))) {
      Accepted accepted = through(proxy).build().submit(event());

      assertThat(proxy.connections()).isEqualTo(4);
      assertThat(direct.await(accepted.id(), PATIENCE).state()).isEqualTo(TaskState.SUCCEEDED);
      assertThat(direct.list(TaskFilter.all().tag(tag)).map(Task::id))
          .containsExactly(accepted.id());
      assertThat(fleet.tagged(tag)).isEqualTo(1);
    }
  }

  @Test
  void isNoTaskUntilTheRequestHasCome() throws Exception {
    try (FaultProxy proxy = proxy(Fault.requestCutAfter(10), Fault.requestCutAfter(300))) {
      Accepted accepted = through(proxy).build().submit(event());

      assertThat(direct.await(accepted.id(), PATIENCE).state()).isEqualTo(TaskState.SUCCEEDED);
      assertThat(fleet.tagged(tag)).isEqualTo(1);
    }
  }

  @Test
  void keepsItsDeadlineInABlackHole() throws Exception {
    try (FaultProxy proxy = proxy(Fault.blackHole(), Fault.blackHole(), Fault.blackHole())) {
      TaskfleetClient client =
          through(proxy)
              .attemptTimeout(Duration.ofMillis(700))
              .retries(RetryPolicy.DEFAULT.withDeadline(Duration.ofMillis(1_500)))
              .build();
      long began = System.nanoTime();

      assertThatThrownBy(() -> client.submit(event())).isInstanceOf(UnavailableException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
    }
  }

  @Test
  void comesThroughABlackHoleThatEnds() throws Exception {
    try (FaultProxy proxy = proxy(Fault.blackHole())) {
      TaskfleetClient client = through(proxy).attemptTimeout(Duration.ofMillis(700)).build();

      assertThat(client.submit(event()).id()).isNotNull();
    }
  }

  @Test
  void neverMakesAScheduleTwice() throws Exception {
    String name = "fault-" + tag;
    try (FaultProxy proxy = proxy(Fault.answerCutAfter(1))) {
      NewSchedule schedule = NewSchedule.every(name, Duration.ofHours(9), event());

      assertThatThrownBy(() -> through(proxy).build().schedules().create(schedule))
          .isInstanceOf(UnavailableException.class);

      // The answer was lost, not the request: a second try would have been told of a conflict.
      assertThat(proxy.connections()).isEqualTo(1);
      assertThat(direct.schedules().get(name).enabled()).isTrue();
      direct.schedules().delete(name);
    }
  }

  @Test
  void sendsABatchAgainWholeWithoutDoingAnythingTwice() throws Exception {
    try (FaultProxy proxy =
        // The second connection is that of the question why the first one broke.
        proxy(Fault.requestCutAfter(200_000), Fault.answerCutAfter(20), Fault.answerCutAfter(20))) {
      BatchReceipt receipt =
          through(proxy)
              .build()
              .batches()
              .upload(JsonLines.of(() -> IntStream.range(0, TASKS).mapToObj(i -> event())));

      assertThat(receipt.accepted()).isEqualTo(TASKS);
      Batch batch = direct.batches().await(receipt, PATIENCE);
      assertThat(batch.total()).isEqualTo(TASKS);
      assertThat(batch.counts().succeeded()).isEqualTo(TASKS);
      assertThat(fleet.tagged(tag)).isEqualTo(TASKS);
      assertThat(proxy.connections()).isGreaterThanOrEqualTo(4);
    }
  }

  @Test
  void neverSendsAgainAStreamThatThereIsOnce() throws Exception {
    try (FaultProxy proxy = proxy(Fault.requestCutAfter(200_000))) {
      Stream<Submission> once = IntStream.range(0, TASKS).mapToObj(i -> event());

      assertThatThrownBy(() -> through(proxy).build().batches().upload(JsonLines.once(once)))
          .isInstanceOfSatisfying(
              UnavailableException.class, lost -> assertThat(lost.idempotencyKey()).isPresent());
    }
  }

  @Test
  void learnsThatItsKeyIsNoGoodInTheMiddleOfALargeUpload() {
    TaskfleetClient stranger =
        TaskfleetClient.at(fleet.ready().url()).key("tf_nobodysnobodysnobodysnobodys").build();

    assertThatThrownBy(
            () ->
                stranger
                    .batches()
                    .upload(JsonLines.of(() -> IntStream.range(0, 200_000).mapToObj(i -> event()))))
        .isInstanceOf(DeniedException.class);
  }

  @Test
  void followsATaskOverConnectionsThatBreak() throws Exception {
    Accepted accepted = direct.submit(event().delay(Duration.ofSeconds(2)));
    try (FaultProxy proxy =
            proxy(Fault.answerCutAfter(100), Fault.answerCutAfter(500), Fault.answerCutAfter(700));
        Stream<Task> changes = through(proxy).build().watch(accepted.id())) {

      assertThat(changes.toList()).last().extracting(Task::state).isEqualTo(TaskState.SUCCEEDED);
      assertThat(proxy.connections()).isGreaterThan(1);
    }
  }
}
