package io.taskfleet.client;

import static io.taskfleet.client.ScriptedServer.TASK;
import static io.taskfleet.client.ScriptedServer.answer;
import static io.taskfleet.client.ScriptedServer.cutOff;
import static io.taskfleet.client.ScriptedServer.hangUp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTest {
  private static final UUID ID = UUID.fromString("01a1fe24-8f69-798a-b174-0f5664c32482");
  private static final Submission EMAIL =
      Submission.of(Email.to("ada@example.com").subject("Hello").text("Hello"));
  private static final String AWAY =
      "{\"type\":\"/problems/unavailable\",\"title\":\"Away\",\"status\":503,\"trace_id\":\"abc\"}";

  @ParameterizedTest
  @ValueSource(ints = {429, 502, 503, 504})
  void sendsTheSameBodyUnderTheSameKeyAgainWhenTheGatewayIsAway(int status) {
    try (ScriptedServer server =
        new ScriptedServer(answer(status, AWAY, "Retry-After", "0"), answer(202, TASK))) {

      Accepted accepted = server.client().submit(EMAIL);

      assertThat(accepted.id()).isEqualTo(ID);
      assertThat(server.seen()).hasSize(2);
      assertThat(server.seen().get(0).key()).hasSize(36).isEqualTo(server.seen().get(1).key());
      assertThat(server.seen().get(0).body()).isEqualTo(server.seen().get(1).body());
    }
  }

  @Test
  void sendsAgainWhenTheAnswerIsLostOrBreaksOff() {
    try (ScriptedServer server =
        new ScriptedServer(hangUp(), cutOff(202, "{\"id\":"), answer(202, TASK))) {

      server.client().submit(EMAIL, "order-17");

      assertThat(server.seen()).extracting(ScriptedServer.Seen::key).containsOnly("order-17");
      assertThat(server.seen()).hasSize(3);
    }
  }

  @Test
  void waitsAsLongAsRetryAfterSays() {
    try (ScriptedServer server =
        new ScriptedServer(answer(429, AWAY, "Retry-After", "1"), answer(202, TASK))) {

      server.client().submit(EMAIL);

      long pause = server.seen().get(1).at() - server.seen().get(0).at();
      assertThat(Duration.ofNanos(pause)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
    }
  }

  @Test
  void givesUpAtOnceWhenRetryAfterLiesBehindTheDeadline() {
    try (ScriptedServer server = new ScriptedServer(answer(503, AWAY, "Retry-After", "60"))) {
      UnavailableException gone =
          catchThrowableOfType(
              UnavailableException.class, () -> server.client().submit(EMAIL, "k-1"));

      assertThat(server.seen()).hasSize(1);
      assertThat(gone.retryAfter()).contains(Duration.ofSeconds(60));
      assertThat(gone.idempotencyKey()).contains("k-1");
      assertThat(gone.problem().orElseThrow().traceId()).isEqualTo("abc");
    }
  }

  @Test
  void givesUpAfterTheLastAttempt() {
    try (ScriptedServer server = new ScriptedServer(answer(503, AWAY))) {
      UnavailableException gone =
          catchThrowableOfType(UnavailableException.class, () -> server.client().get(ID));

      assertThat(server.seen()).hasSize(5);
      assertThat(gone.attempts()).isEqualTo(5);
    }
  }

  @Test
  void keepsTheDeadlineThoughTheAnswerDrips() {
    ScriptedServer.Answer drip =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 400; i++) {
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
            pause(25);
          }
        };
    try (ScriptedServer server = new ScriptedServer(drip)) {
      RetryPolicy policy = RetryPolicy.DEFAULT.withDeadline(Duration.ofMillis(500));
      long began = System.nanoTime();

      assertThatThrownBy(() -> server.client(policy).get(ID))
          .isInstanceOf(UnavailableException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void neverSendsAgainWhatIsRefused() {
    String refusal =
        """
        {"type":"/problems/refused","title":"Refused","status":422,"trace_id":"t1",
         "errors":[{"pointer":"/payload/to/0","code":"VALIDATION_FAILED","detail":"no address"}]}
        """;
    try (ScriptedServer server = new ScriptedServer(answer(422, refusal))) {
      InvalidException refused =
          catchThrowableOfType(InvalidException.class, () -> server.client().submit(EMAIL));

      assertThat(server.seen()).hasSize(1);
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.problem().type()).isEqualTo("/problems/refused");
      assertThat(refused.problem().traceId()).isEqualTo("t1");
      assertThat(refused.problem().errors())
          .containsExactly(new Violation("/payload/to/0", "VALIDATION_FAILED", "no address"));
      assertThat(refused).hasMessage("422 Refused: /payload/to/0 no address (trace t1)");
    }
  }

  @ParameterizedTest
  @CsvSource({"400, malformed, MALFORMED", "422, refused, VALIDATION_FAILED"})
  void aParameterThatIsNotGoodIsTheCallersMistake(int status, String type, String code) {
    String refusal =
        """
        {"type":"/problems/%s","title":"No","status":%d,"trace_id":"t1",
         "errors":[{"pointer":"/page_token","code":"%s","detail":"no token"}]}
        """
            .formatted(type, status, code);
    try (ScriptedServer server = new ScriptedServer(answer(status, refusal))) {
      InvalidException refused =
          catchThrowableOfType(
              InvalidException.class, () -> server.client().users().page(null, "x"));

      assertThat(server.seen()).hasSize(1);
      assertThat(refused.problem().errors())
          .containsExactly(new Violation("/page_token", code, "no token"));
      assertThat(refused).hasMessage(status + " No: /page_token no token (trace t1)");
    }
  }

  @Test
  void asksAgainWhileTheFirstIsInFlightButNotInAnyOtherConflict() {
    String inFlight = "{\"type\":\"/problems/idempotency-key-in-flight\",\"status\":409}";
    String conflict = "{\"type\":\"/problems/conflict\",\"status\":409}";
    try (ScriptedServer server =
        new ScriptedServer(
            answer(409, inFlight, "Retry-After", "0"), answer(202, TASK), answer(409, conflict))) {

      assertThat(server.client().submit(EMAIL).id()).isEqualTo(ID);
      assertThatThrownBy(() -> server.client().cancel(ID)).isInstanceOf(ConflictException.class);

      assertThat(server.seen()).hasSize(3);
    }
  }

  @Test
  void sendsEventsAgainOfWhichSomeWereNotAcknowledged() {
    String some = "{\"accepted\":[],\"refused\":[{\"index\":0,\"errors\":[]}]}";
    String all = "{\"accepted\":[{\"index\":0,\"id\":\"" + ID + "\"}],\"refused\":[]}";
    try (ScriptedServer server =
        new ScriptedServer(answer(202, some, "Retry-After", "0"), answer(202, all))) {

      EventsReceipt receipt = server.client().submit(List.of(AnalyticsEvent.named("a").value(1.5)));

      assertThat(receipt.accepted()).containsExactly(new EventsReceipt.Taken(0, ID));
      assertThat(server.seen()).hasSize(2);
    }
  }

  @Test
  void neverMakesAScheduleTwice() {
    NewSchedule pulse =
        NewSchedule.every(
            "pulse", Duration.ofMinutes(15), Submission.of(AnalyticsEvent.named("pulse")));
    for (ScriptedServer.Answer lost : List.of(hangUp(), answer(503, AWAY))) {
      try (ScriptedServer server = new ScriptedServer(lost)) {
        assertThatThrownBy(() -> server.client().schedules().create(pulse))
            .isInstanceOf(UnavailableException.class);

        assertThat(server.seen()).hasSize(1);
        assertThat(server.seen().get(0).key()).isEqualTo("null");
      }
    }
  }

  @Test
  void makesAScheduleAgainOfWhichNobodyHasHeard() {
    String made =
        """
        {"id":"%s","name":"pulse","every":"PT15M","catch_up":"skip","enabled":true,
         "task":{"type":"analytics"},"created_at":"2026-11-22T08:00:00Z"}
        """
            .formatted(ID);
    NewSchedule pulse =
        NewSchedule.every(
            "pulse", Duration.ofMinutes(15), Submission.of(AnalyticsEvent.named("pulse")));
    try (ScriptedServer server =
        new ScriptedServer(answer(429, AWAY, "Retry-After", "0"), answer(201, made))) {

      assertThat(server.client().schedules().create(pulse).catchUp()).isEqualTo(CatchUp.SKIP);
      assertThat(server.seen()).hasSize(2);
    }
  }

  @Test
  void whatIsGoneAfterALostAnswerHasBeenRemoved() {
    String nothing = "{\"type\":\"/problems/not-found\",\"status\":404}";
    try (ScriptedServer server = new ScriptedServer(hangUp(), answer(404, nothing))) {
      server.client().users().delete(ID);

      assertThat(server.seen()).hasSize(2);
      assertThatThrownBy(() -> server.client().users().delete(ID))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void doesNotTakeAnybodyForAGateway() {
    try (ScriptedServer server =
        new ScriptedServer(
            answer(200, "<html>Welcome</html>"),
            answer(302, "-", "Location", "https://elsewhere.example/"),
            answer(500, "<html>Oops</html>"))) {
      TaskfleetClient client = server.client();

      assertThatThrownBy(() -> client.get(ID)).isInstanceOf(UnreadableAnswerException.class);
      assertThatThrownBy(() -> client.get(ID)).isInstanceOf(UnreadableAnswerException.class);
      assertThatThrownBy(() -> client.get(ID)).isInstanceOf(UnavailableException.class);
      assertThat(server.seen()).hasSize(3);
    }
  }

  @Test
  void endsWithinItsDeadlineWhenNobodyIsThere() throws Exception {
    int port;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    }
    TaskfleetClient client =
        TaskfleetClient.at("http://127.0.0.1:" + port)
            .retries(RetryPolicy.DEFAULT.withDeadline(Duration.ofSeconds(1)))
            .build();
    long began = System.nanoTime();

    assertThatThrownBy(() -> client.submit(EMAIL)).isInstanceOf(UnavailableException.class);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void anInterruptEndsACall() throws Exception {
    try (ScriptedServer server = new ScriptedServer(answer(503, AWAY, "Retry-After", "9"))) {
      var result = new CompletableFuture<Boolean>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  server.client().get(ID);
                } catch (UnavailableException e) {
                  result.complete(Thread.currentThread().isInterrupted());
                }
              });
      caller.start();
      await().until(() -> !server.seen().isEmpty());
      caller.interrupt();

      assertThat(result.get(5, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void leavesQueriesOutOfMessages() {
    try (ScriptedServer server = new ScriptedServer(answer(503, AWAY))) {
      assertThatThrownBy(() -> server.client().page(TaskFilter.all().key("ada@example.com"), null))
          .hasMessageStartingWith("GET /v1/tasks failed (tried 5 times): 503 Away");
      assertThat(server.seen().get(0).path()).isEqualTo("/v1/tasks?key=ada%40example.com");
    }
  }

  @Test
  void writesAPatchWithTheNullsThatRemove() {
    try (ScriptedServer server = new ScriptedServer(answer(404, "{\"status\":404}"))) {
      Map<String, @Nullable Object> patch = new TreeMap<>();
      patch.put("cron", "@daily");
      patch.put("every", null);

      assertThatThrownBy(() -> server.client().schedules().patch("a b", patch))
          .isInstanceOf(NotFoundException.class);
      assertThat(server.seen().get(0).path()).isEqualTo("/v1/schedules/a%20b");
      assertThat(server.seen().get(0).body()).isEqualTo("{\"cron\":\"@daily\",\"every\":null}");
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
