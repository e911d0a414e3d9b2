package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.MailSink;
import io.taskfleet.localstack.ReceivedMail;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.localstack.SmtpReply;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.SilencingProxy;
import io.taskfleet.worker.attempt.AttemptContext;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.attempt.ResultWithEffects;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class EmailHandlerIT {
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final Instant CREATED =
      Instant.now().minus(Duration.ofMinutes(5)).truncatedTo(ChronoUnit.SECONDS);

  private final FailureClassifier classifier = new FailureClassifier();
  private final MailSink sink = STACK.mail();
  private final SilencingProxy proxy = new SilencingProxy(STACK.smtpPort());
  private final EmailHandler handler = handler();

  EmailHandlerIT() throws IOException {}

  @AfterEach
  void close() throws IOException {
    handler.close();
    proxy.close();
    sink.answerAsUsual();
  }

  @Test
  void deliversAMailOnceUnderTheIdOfItsTask() throws Exception {
    UUID id = UUID.randomUUID();

    HandlerResult result =
        handler.handle(mailTo("ada@example.org", "bob@example.org"), context(id));

    String messageId = id + "@fleet.example";
    assertThat(mails(messageId)).hasSize(1);
    ReceivedMail mail = mails(messageId).getFirst();
    assertThat(mail.subject()).isEqualTo("Grüße");
    assertThat(mail.recipients()).containsExactly("ada@example.org", "bob@example.org");
    assertThat(date(mail)).isEqualTo(CREATED);
    assertThat(StrictJson.mapper().writeValueAsString(result.value()))
        .isEqualTo(
            """
            {"message_id":"%s","provider":"smtp","recipients":[\
            {"address":"ada@example.org","status":"accepted","reply":"250"},\
            {"address":"bob@example.org","status":"accepted","reply":"250"}]}"""
                .formatted(messageId));
  }

  @Test
  void datesAMailThatWasToWaitWhenItIsSent() throws Exception {
    UUID id = UUID.randomUUID();
    Instant longAgo = Instant.now().minus(Duration.ofDays(30));

    HandlerResult _ = handler.handle(mailTo("ada@example.org"), context(id, longAgo));

    assertThat(date(mails(id + "@fleet.example").getFirst()))
        .isAfter(Instant.now().minus(Duration.ofMinutes(1)));
  }

  private static Instant date(ReceivedMail mail) {
    return Instant.from(
        DateTimeFormatter.RFC_1123_DATE_TIME.parse(
            mail.header("Date").orElseThrow().replaceFirst(" \\(.*\\)$", "")));
  }

  @Test
  void hidesTheBlindCopiesFromTheOthers() throws Exception {
    UUID id = UUID.randomUUID();
    EmailPayload payload =
        new EmailPayload(
            List.of("ada@example.org"),
            "Hi",
            "text",
            null,
            null,
            null,
            null,
            List.of("eve@example.org"));

    HandlerResult _ = handler.handle(payload, context(id));

    ReceivedMail mail = mails(id + "@fleet.example").getFirst();
    assertThat(mail.recipients()).containsExactly("ada@example.org", "eve@example.org");
    assertThat(mail.source()).doesNotContain("eve@example.org");
  }

  @Test
  void givesUpAtOnceOnARecipientWhoIsRefused() {
    assertThat(failure("refused@example.org"))
        .isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "SMTP 550 5.1.1: mail refused"));
  }

  @Test
  void triesAgainWhenTheRecipientIsGreylisted() {
    sink.answer(recipient -> new SmtpReply(450, "4.2.0 greylisted"));

    assertThat(failure("ada@example.org"))
        .isEqualTo(
            new Failure.Transient(ErrorClass.THROTTLED, "SMTP 450 4.2.0: mail refused", null));
  }

  @Test
  void sendsToThoseWhoAreTakenAndGoesOnWithThoseWhoArePutOff() throws Exception {
    UUID id = UUID.randomUUID();
    sink.answer(
        recipient ->
            switch (recipient) {
              case "gone@example.org" -> SmtpReply.MAILBOX_UNAVAILABLE;
              case "later@example.org", "later@xn--mnchen-3ya.example" ->
                  new SmtpReply(450, "4.2.0 later");
              default -> SmtpReply.ACCEPTED;
            });

    HandlerResult result =
        handler.handle(
            mailTo(
                "ada@example.org",
                "gone@example.org",
                "later@example.org",
                "later@münchen.example"),
            context(id));

    ReceivedMail mail = mails(id + "@fleet.example").getFirst();
    assertThat(mail.recipients()).containsExactly("ada@example.org");
    assertThat(StrictJson.mapper().writeValueAsString(result.value()))
        .contains(
            """
            {"address":"gone@example.org","status":"refused","reply":"550 5.1.1"},\
            {"address":"later@example.org","status":"deferred","reply":"450 4.2.0"},\
            {"address":"later@xn--mnchen-3ya.example","status":"deferred","reply":"450 4.2.0"}]""");
    assertThat(((ResultWithEffects) result).effects())
        .singleElement()
        .isInstanceOfSatisfying(
            Effect.TaskSubmitted.class,
            follower -> {
              EmailPayload rest = read(follower.task().payload());
              assertThat(rest.recipients())
                  .containsExactly("later@example.org", "later@münchen.example");
              assertThat(rest.to()).hasSize(4);
              assertThat(follower.task().options().runAt()).isAfter(Instant.now());
            });
  }

  @ParameterizedTest
  @CsvSource({"552, too many recipients", "550, 5.5.3 too many recipients", "452, 4.5.3 too many"})
  void goesOnWithThoseWhoAreTooManyForOneMail(int code, String text) throws Exception {
    sink.answer(
        recipient ->
            recipient.equals("eve@example.org") ? new SmtpReply(code, text) : SmtpReply.ACCEPTED);

    HandlerResult result =
        handler.handle(
            mailTo("ada@example.org", "bob@example.org", "eve@example.org"),
            context(UUID.randomUUID()));

    assertThat(((ResultWithEffects) result).effects())
        .singleElement()
        .isInstanceOfSatisfying(
            Effect.TaskSubmitted.class,
            follower ->
                assertThat(read(follower.task().payload()).recipients())
                    .containsExactly("eve@example.org"));
  }

  @Test
  void sendsNothingWhenNobodyIsTaken() {
    long before = sink.received();
    sink.answer(
        recipient ->
            recipient.equals("later@example.org")
                ? new SmtpReply(450, "later")
                : SmtpReply.MAILBOX_UNAVAILABLE);

    assertThat(failure("gone@example.org", "lost@example.org"))
        .isInstanceOf(Failure.Permanent.class);
    assertThat(failure("gone@example.org", "later@example.org"))
        .isInstanceOf(Failure.Transient.class);

    assertThat(sink.received()).isEqualTo(before);
  }

  @Test
  void usesConnectionsAgain() throws Exception {
    for (int i = 0; i < 50; i++) {
      HandlerResult _ = handler.handle(mailTo("ada@example.org"), context(UUID.randomUUID()));
    }

    assertThat(proxy.connections()).isEqualTo(1);
  }

  @Test
  void opensNoMoreConnectionsThanThereAreCallsAtOnce() throws Exception {
    long before = sink.received();
    List<Future<HandlerResult>> results = new ArrayList<>();
    try (ExecutorService attempts = Executors.newFixedThreadPool(8, Thread.ofVirtual().factory())) {
      for (int i = 0; i < 400; i++) {
        results.add(
            attempts.submit(
                () -> handler.handle(mailTo("ada@example.org"), context(UUID.randomUUID()))));
      }
    }
    for (Future<HandlerResult> result : results) {
      assertThat(result.get().value()).isNotNull();
    }

    assertThat(sink.received() - before).isEqualTo(400);
    assertThat(proxy.connections()).isLessThanOrEqualTo(8 + 400 / 100);
  }

  private Failure failure(String... to) {
    return classifier.classify(
        catchThrowable(() -> handler.handle(mailTo(to), context(UUID.randomUUID()))));
  }

  private static EmailPayload read(byte[] json) {
    try (PayloadReader payloads = new PayloadReader()) {
      return payloads.read(BuiltInTypes.EMAIL, json);
    } catch (RefusedJsonException e) {
      throw new AssertionError(e);
    }
  }

  private List<ReceivedMail> mails(String messageId) {
    return sink.messages().stream().filter(mail -> mail.messageId().equals(messageId)).toList();
  }

  private EmailHandler handler() {
    EmailProperties properties =
        MailServers.properties(
            proxy.port(), Map.of("from", "noreply@fleet.example", "pool.size", "8"));
    return new EmailHandler(
        properties, MailServers.around(new RecordsInMemory(), Clock.systemUTC()));
  }

  private static EmailPayload mailTo(String... to) {
    return new EmailPayload(List.of(to), "Grüße", "tëxt", "<p>html</p>", null, null, null, null);
  }

  private static TaskContext context(UUID id) {
    return context(id, CREATED);
  }

  private static TaskContext context(UUID id, Instant created) {
    return new AttemptContext(id, "acme", 1, created, Instant.now().plusSeconds(30), null, _ -> {});
  }
}
