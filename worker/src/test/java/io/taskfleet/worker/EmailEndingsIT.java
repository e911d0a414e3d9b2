package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.DependencyState;
import io.taskfleet.worker.email.ScriptedSmtp;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

/** How emails end with a server that misbehaves on command. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EmailEndingsIT {
  private static final TestFleet FLEET =
      new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("email_endings"));
  private static final ScriptedSmtp SERVER = server();

  /** How many dead letters each task is to have. */
  private static final Map<UUID, Long> LETTERS = new HashMap<>();

  private static ConfigurableApplicationContext worker;

  private static ScriptedSmtp server() {
    try {
      return new ScriptedSmtp();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void startWorker() {
    worker =
        FLEET.startWorker(
            "taskfleet.worker.types=email",
            "taskfleet.worker.defaults.max-attempts=3",
            "taskfleet.worker.defaults.backoff-base=20ms",
            "taskfleet.worker.defaults.backoff-cap=50ms",
            "taskfleet.worker.relay-interval=50ms",
            "taskfleet.dependency.breaker.minimum-calls=1000",
            "taskfleet.email.port=" + SERVER.port(),
            "taskfleet.email.username=user",
            "taskfleet.email.password=password",
            "taskfleet.email.recipient-retry-after=200ms",
            "taskfleet.email.timeouts.read=600ms");
  }

  @AfterAll
  static void stop() throws IOException {
    FLEET.close();
    SERVER.close();
  }

  @BeforeEach
  void startOver() throws IOException {
    SERVER.startOver();
    SERVER.hangUp();
  }

  /** Answers are given in turn, the last again and again. */
  @ParameterizedTest(name = "{0} {1}: {2} after {4}")
  @Order(1)
  @CsvSource({
    // Command, answers, state, reason, attempts, mails whose end came, mails taken.
    "RCPT, 450 4.2.0 greylisted/250 ok,  succeeded,                  , 2, 1, 1",
    "RCPT, 451 4.3.0 later,              dead,      RETRIES_EXHAUSTED, 3, 0, 0",
    "RCPT, 452 4.2.2 full,               dead,      RETRIES_EXHAUSTED, 3, 0, 0",
    "RCPT, 552 5.2.2 full/250 ok,        succeeded,                  , 2, 1, 1",
    "RCPT, 550 5.1.1 unknown,            dead,      REJECTED,          1, 0, 0",
    "RCPT, 553 5.1.3 bad address,        dead,      REJECTED,          1, 0, 0",
    "MAIL, 421 4.3.2 closing/250 ok,     succeeded,                  , 2, 1, 1",
    "MAIL, 421 4.3.2 closing,            dead,      RETRIES_EXHAUSTED, 3, 0, 0",
    "CONNECT, 421 4.3.2 no/220 here,     succeeded,                  , 2, 1, 1",
    "DATA, 554 5.6.0 no,                 dead,      REJECTED,          1, 0, 0",
    "DATA, silence,                      dead,      RETRIES_EXHAUSTED, 3, 0, 0",
    "DATA, reset/354 go on,              succeeded,                  , 2, 1, 1",
    "., 451 4.3.0 later/250 ok,          succeeded,                  , 2, 2, 1",
    "., 554 5.7.1 spam,                  dead,      REJECTED,          1, 1, 0",
    "., silence,                         dead,      RETRIES_EXHAUSTED, 3, 3, 0",
    "., silence/250 ok,                  succeeded,                  , 2, 2, 1",
    "., reset/250 ok,                    succeeded,                  , 2, 2, 1",
    "., hang up,                         dead,      RETRIES_EXHAUSTED, 3, 3, 0"
  })
  void endsAs(
      String command,
      String answers,
      String state,
      @Nullable String reason,
      int attempts,
      int ended,
      int taken) {
    SERVER.answer(command, answers.split("/"));
    Task task = FLEET.email("ada@example.com");

    FLEET.publish(task);

    FLEET.awaitState(task.id(), state);
    assertThat(
            FLEET.count(
                "select count(*) from task where id = ? and attempt = ?"
                    + " and coalesce(error_code, '') = ?",
                task.id(),
                attempts,
                reason == null ? "" : reason))
        .as("attempts and reason")
        .isEqualTo(1);
    String id = TestFleet.messageId(task);
    assertThat(SERVER.ended()).hasSize(ended).allMatch(id::equals);
    assertThat(SERVER.taken()).hasSize(taken).allMatch(id::equals);
    LETTERS.put(task.id(), state.equals("dead") ? 1L : 0L);
  }

  @Test
  @Order(2)
  void goesOnWithThoseWhoArePutOffInATaskOfTheirOwn() {
    SERVER.answer("RCPT", "250 ok", "450 4.2.0 greylisted", "550 5.1.1 unknown", "250 ok");
    Task task =
        FLEET.task(
            BuiltInTypes.EMAIL,
            """
            {"to":["ada@example.com","bob@example.com","gone@example.com"],
             "subject":"Hello","text":"Hello"}\
            """,
            new Task.Options(null, null, null, Instant.now().plus(Duration.ofHours(1))));

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "succeeded");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                FLEET.count(
                        """
                        select count(*) from task as follower, task as first
                         where first.id = ? and follower.state = 'succeeded'
                           and follower.id = (first.result->>'deferred_to')::uuid
                           and follower.expires_at = first.expires_at
                           and follower.result->'recipients'->0->>'address' = 'bob@example.com'
                        """,
                        task.id())
                    == 1);
    assertThat(SERVER.taken()).hasSize(2).doesNotHaveDuplicates();
    assertThat(SERVER.commands())
        .filteredOn(each -> each.startsWith("RCPT"))
        .endsWith(
            "RCPT TO:<ada@example.com>",
            "RCPT TO:<bob@example.com>",
            "RCPT TO:<gone@example.com>",
            "RCPT TO:<bob@example.com>");
  }

  @Test
  @Order(3)
  void whatIsDeadHasOneLetterAndNothingElseHasAny() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(letters()).isEqualTo(LETTERS).hasSizeGreaterThan(10));
  }

  private static Map<UUID, Long> letters() {
    Map<UUID, Long> letters = new HashMap<>();
    LETTERS.keySet().forEach(id -> letters.put(id, 0L));
    FLEET.topics.deadLetters(BuiltInTypes.EMAIL).stream()
        .map(letter -> TestTopics.header(letter, TaskHeaders.DLT_TASK_ID))
        .flatMap(id -> TaskIds.parse(id).stream())
        .forEach(id -> letters.computeIfPresent(id, (_, count) -> count + 1));
    return letters;
  }

  @Test
  @Order(4)
  void refusedCredentialsPauseTheFleetAndLetNothingDie() {
    SERVER.answer("AUTH", "535 5.7.8 bad credentials");
    Task task = FLEET.email("ada@example.com");

    FLEET.publish(task);

    FLEET.awaitState(task.id(), "deferred");
    assertThat(FLEET.count("select attempt from task where id = ?", task.id())).isZero();
    assertThat(SERVER.ended()).isEmpty();
    assertThat(worker.getBean(Dependencies.class).states())
        .singleElement()
        .satisfies(
            smtp -> {
              assertThat(smtp.state()).isEqualTo(DependencyState.State.PARKED);
              assertThat(smtp.refusesUntil()).isAfter(Instant.now().plusSeconds(30));
            });
  }
}
