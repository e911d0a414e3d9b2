package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.AttemptContext;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two providers, of whom one fails. */
@Timeout(60)
class EmailFailoverIT {
  private static final Duration TAKES_OVER_WITHIN = Duration.ofSeconds(5);
  private static final Map<String, String> AS_SHIPPED =
      Map.of("providers[0].username", "user", "providers[0].password", "password");

  private final FailureClassifier classifier = new FailureClassifier();
  private final RecordsInMemory records = new RecordsInMemory();
  private final ScriptedSmtp one = new ScriptedSmtp();
  private final ScriptedSmtp two = new ScriptedSmtp();
  private final List<EmailHandler> handlers = new ArrayList<>();

  EmailFailoverIT() throws IOException {}

  @AfterEach
  void close() throws IOException {
    handlers.forEach(EmailHandler::close);
    one.close();
    two.close();
  }

  @ParameterizedTest
  @CsvSource({
    "CONNECT, 421 4.3.2 later",
    "CONNECT, 554 go away",
    "CONNECT, silence",
    "CONNECT, hang up",
    "CONNECT, reset",
    "AUTH, 535 5.7.8 bad credentials",
    "MAIL, 421 closing",
    "MAIL, 550 5.4.5 daily quota exceeded",
    "RCPT, reset",
    "DATA, silence",
    "DATA, hang up"
  })
  void theOtherTakesOverAndNothingIsSentTwice(String command, String answer) throws Exception {
    one.answer(command, answer);
    EmailHandler handler = handler(AS_SHIPPED, one.port(), two.port());
    UUID id = UUID.randomUUID();

    Instant start = Instant.now();
    HandlerResult result = handler.handle(mail(), context(id, 1));

    assertThat(Duration.between(start, Instant.now())).isLessThan(TAKES_OVER_WITHIN);
    assertThat(StrictJson.mapper().writeValueAsString(result.value()))
        .contains("\"provider\":\"two\"");
    assertThat(two.taken()).containsExactly(id + "@example.org");
    assertThat(one.ended()).isEmpty();
  }

  @Test
  void theOtherTakesOverFromOneThatIsNotThere() throws Exception {
    int nobody;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = closed.getLocalPort();
    }
    EmailHandler handler = handler(Map.of(), nobody, two.port());

    HandlerResult _ = handler.handle(mail(), context(UUID.randomUUID(), 1));

    assertThat(two.taken()).hasSize(1);
  }

  @Test
  void oneThatFailsInTheMiddleOfItAllLosesNothingAndSendsNothingTwice() throws Exception {
    EmailHandler handler = handler(Map.of(), one.port(), two.port());
    List<Future<HandlerResult>> attempts = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
      for (int i = 0; i < 200; i++) {
        if (i == 60) {
          one.answer("RCPT", ScriptedSmtp.SILENCE);
        }
        UUID id = UUID.randomUUID();
        ids.add(id + "@example.org");
        attempts.add(threads.submit(() -> handler.handle(mail(), context(id, 1))));
      }
    }

    int refused = 0;
    for (Future<HandlerResult> attempt : attempts) {
      try {
        assertThat(attempt.get().value()).isNotNull();
      } catch (ExecutionException full) {
        assertThat(full).hasCauseInstanceOf(CallRefusedException.class);
        refused++;
      }
    }
    List<String> taken = Stream.of(one.taken(), two.taken()).flatMap(List::stream).toList();
    assertThat(taken).doesNotHaveDuplicates().hasSize(200 - refused).isSubsetOf(ids);
    assertThat(two.taken()).isNotEmpty();
  }

  @Test
  void whatAMailIsRefusedForIsNotTriedElsewhere() throws Exception {
    one.answer("RCPT", "550 5.1.1 unknown");
    EmailHandler handler = handler(Map.of(), one.port(), two.port());

    assertThat(failure(handler, context(UUID.randomUUID(), 1)))
        .isInstanceOf(Failure.Permanent.class);

    assertThat(two.connections()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"silence", "hang up", "reset"})
  void oneThatMayHaveTheMailIsTheOnlyOneThatIsTriedAgain(String answer) throws Exception {
    one.answer(".", answer);
    EmailHandler handler =
        handler(Map.of("providers[0].timeouts.read", "1s"), one.port(), two.port());
    UUID id = UUID.randomUUID();

    assertThat(failure(handler, context(id, 1))).isInstanceOf(Failure.Transient.class);
    assertThat(failure(handler, context(id, 2))).isInstanceOf(Failure.Transient.class);
    one.startOver();
    HandlerResult _ = handler.handle(mail(), context(id, 3));

    assertThat(one.taken()).containsExactly(id + "@example.org");
    assertThat(two.connections()).isZero();
  }

  /** The attempt of a worker that stops is not spent: it comes again under the same number. */
  @Test
  void oneThatMayHaveTheMailIsTheOnlyOneThatIsTriedAgainAfterADrainToo() throws Exception {
    EmailHandler handler = handler(Map.of(), one.port(), two.port());
    UUID id = UUID.randomUUID();
    one.answer(".", ScriptedSmtp.SILENCE);
    assertThat(interrupted(handler, context(id, 1))).isNotNull();
    one.answer("CONNECT", "421 later");
    one.hangUp();

    assertThat(failure(handler, context(id, 1))).isInstanceOf(Failure.Transient.class);

    assertThat(two.connections()).isZero();
  }

  private Throwable interrupted(EmailHandler handler, TaskContext context) throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread attempt =
        Thread.ofVirtual()
            .start(() -> thrown.complete(catchThrowable(() -> handler.handle(mail(), context))));
    one.silent().await();
    attempt.interrupt();
    return thrown.get();
  }

  @Test
  void whoMayHaveTheMailIsNotedAsSoonAsPostgresIsBack() throws Exception {
    records.refuseNotes(3);
    EmailHandler handler = handler(Map.of(), one.port(), two.port());
    UUID id = UUID.randomUUID();
    one.answer(".", ScriptedSmtp.HANG_UP);
    assertThat(failure(handler, context(id, 1))).isInstanceOf(Failure.Transient.class);
    one.answer("CONNECT", "421 later");
    one.hangUp();

    assertThat(failure(handler, context(id, 2))).isInstanceOf(Failure.Transient.class);

    assertThat(two.connections()).isZero();
  }

  @Test
  void anyTriesAgainIfThePolicySaysSo() throws Exception {
    one.answer(".", ScriptedSmtp.HANG_UP);
    EmailHandler handler =
        handler(Map.of("unknown-outcome", "any-provider"), one.port(), two.port());
    UUID id = UUID.randomUUID();

    assertThat(failure(handler, context(id, 1))).isInstanceOf(Failure.Transient.class);
    one.answer("CONNECT", "421 later");
    one.hangUp();
    HandlerResult _ = handler.handle(mail(), context(id, 2));

    assertThat(two.taken()).containsExactly(id + "@example.org");
  }

  @Test
  void nobodyTriesAgainIfThePolicySaysSo() throws Exception {
    one.answer(".", ScriptedSmtp.HANG_UP);
    EmailHandler handler =
        handler(Map.of("unknown-outcome", "dead-letter"), one.port(), two.port());

    assertThat(failure(handler, context(UUID.randomUUID(), 1)))
        .isEqualTo(
            new Failure.Permanent(
                ReasonCode.OUTCOME_UNKNOWN, "the provider may have taken the mail"));
  }

  @Test
  void theOtherTakesWhatIsBeyondAQuota() throws Exception {
    EmailHandler handler =
        handler(Map.of("providers[0].quota.recipients", "2"), one.port(), two.port());

    for (int i = 0; i < 5; i++) {
      HandlerResult _ = handler.handle(mail(), context(UUID.randomUUID(), 1));
    }

    assertThat(one.taken()).hasSize(2);
    assertThat(two.taken()).hasSize(3);
  }

  @Test
  void aMailBeyondAWholeQuotaHoldsNoOtherUp() throws Exception {
    EmailPayload three = mailTo("ada@example.org", "bob@example.org", "eve@example.org");
    Map<String, String> quotaOfTwo = Map.of("providers[0].quota.recipients", "2");
    EmailHandler alone = handler(quotaOfTwo, one.port());
    EmailHandler both = handler(quotaOfTwo, one.port(), two.port());

    assertThat(failure(alone, three, context(UUID.randomUUID(), 1)))
        .isInstanceOfSatisfying(
            Failure.Permanent.class,
            failure -> assertThat(failure.reason()).isEqualTo(ReasonCode.LIMITS_EXCEEDED));
    HandlerResult _ = both.handle(three, context(UUID.randomUUID(), 1));
    HandlerResult _ = alone.handle(mail(), context(UUID.randomUUID(), 1));
    HandlerResult _ = both.handle(mail(), context(UUID.randomUUID(), 1));

    assertThat(one.taken()).hasSize(2);
    assertThat(two.taken()).hasSize(1);
  }

  private Failure failure(EmailHandler handler, TaskContext context) {
    return failure(handler, mail(), context);
  }

  private Failure failure(EmailHandler handler, EmailPayload mail, TaskContext context) {
    return classifier.classify(catchThrowable(() -> handler.handle(mail, context)));
  }

  private EmailHandler handler(Map<String, String> more, int... ports) {
    EmailHandler handler =
        new EmailHandler(
            MailServers.providers(more, ports), MailServers.around(records, Clock.systemUTC()));
    handlers.add(handler);
    return handler;
  }

  private static EmailPayload mail() {
    return mailTo("ada@example.org");
  }

  private static EmailPayload mailTo(String... to) {
    return new EmailPayload(List.of(to), "Subject", "Text", null, null, null, null, null);
  }

  private static TaskContext context(UUID id, int attempt) {
    return new AttemptContext(
        id, "acme", attempt, Instant.EPOCH, Instant.now().plusSeconds(30), null, _ -> {});
  }
}
