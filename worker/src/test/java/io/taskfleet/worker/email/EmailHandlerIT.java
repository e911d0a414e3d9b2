package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.MailSink;
import io.taskfleet.localstack.ReceivedMail;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.localstack.SmtpReply;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.AttemptContext;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.DependencyProperties;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

@Timeout(60)
class EmailHandlerIT {
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final Instant CREATED = Instant.parse("2026-11-21T12:00:00Z");

  private final FailureClassifier classifier = new FailureClassifier();
  private final MailSink sink = STACK.mail();
  private final CountingProxy proxy = new CountingProxy(STACK.smtpPort());
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
    assertThat(mail.header("Date"))
        .hasValueSatisfying(date -> assertThat(date).startsWith("Sat, 21 Nov 2026"));
    assertThat(StrictJson.mapper().writeValueAsString(result.value()))
        .isEqualTo("{\"message_id\":\"" + messageId + "\"}");
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
        .isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "SMTP 550: mail refused"));
  }

  @Test
  void triesAgainWhenTheRecipientIsGreylisted() {
    sink.answer(recipient -> new SmtpReply(450, "4.2.0 greylisted"));

    assertThat(failure("ada@example.org"))
        .isEqualTo(new Failure.Transient(ErrorClass.THROTTLED, "SMTP 450: mail refused", null));
  }

  @Test
  void sendsToAllOrToNone() {
    long before = sink.received();
    sink.answer(
        recipient ->
            switch (recipient) {
              case "gone@example.org" -> SmtpReply.MAILBOX_UNAVAILABLE;
              case "later@example.org" -> new SmtpReply(450, "later");
              default -> SmtpReply.ACCEPTED;
            });

    assertThat(failure("ada@example.org", "gone@example.org", "later@example.org"))
        .isInstanceOf(Failure.Permanent.class);
    assertThat(failure("ada@example.org", "later@example.org"))
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

  private List<ReceivedMail> mails(String messageId) {
    return sink.messages().stream().filter(mail -> mail.messageId().equals(messageId)).toList();
  }

  private EmailHandler handler() {
    EmailProperties properties =
        new EmailProperties(
            STACK.smtpHost(),
            proxy.port(),
            EmailProperties.Tls.NONE,
            null,
            null,
            "noreply@fleet.example",
            null,
            new EmailProperties.Pool(8, Duration.ofSeconds(30), 100),
            new EmailProperties.Timeouts(
                Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(15)));
    Dependencies dependencies =
        new Dependencies(
            new Binder(new MapConfigurationPropertySource())
                .bindOrCreate("taskfleet.dependency", DependencyProperties.class),
            CircuitBreakerRegistry.ofDefaults(),
            RateLimiterRegistry.ofDefaults(),
            classifier,
            Clock.systemUTC());
    return new EmailHandler(properties, dependencies, Clock.systemUTC());
  }

  private static EmailPayload mailTo(String... to) {
    return new EmailPayload(List.of(to), "Grüße", "tëxt", "<p>html</p>", null, null, null, null);
  }

  private static TaskContext context(UUID id) {
    return new AttemptContext(id, "acme", 1, CREATED, Instant.now().plusSeconds(30), null, _ -> {});
  }
}
