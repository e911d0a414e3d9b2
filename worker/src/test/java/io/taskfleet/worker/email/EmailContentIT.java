package io.taskfleet.worker.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.ReceivedMail;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.template.MailTemplate;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.AttemptContext;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is in mails that are filled in or fetched when they are sent. */
@Timeout(60)
class EmailContentIT {
  private static final LocalStack STACK = SharedLocalStack.get();

  private final RecordsInMemory records = new RecordsInMemory();
  private final EmailHandler handler =
      new EmailHandler(
          MailServers.properties(STACK.smtpPort(), Map.of("attachments.max-size", "100KB")),
          MailServers.around(records, Clock.systemUTC()));
  private final HttpServer files =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);

  EmailContentIT() throws IOException {
    serve("/small", 200, 90_000);
    serve("/large", 200, 200_000);
    serve("/gone", 404, 1);
    serve("/broken", 500, 1);
    files.start();
  }

  @AfterEach
  void close() {
    handler.close();
    files.stop(0);
  }

  @Test
  void fetchesAttachments() throws Exception {
    ReceivedMail mail = sent(withFile("/small"));

    assertThat(mail.source()).contains("Content-Disposition: attachment; filename=file.bin");
    assertThat(mail.size()).isBetween(120_000, 130_000);
  }

  @Test
  void refusesWhatIsTooLargeOrGoneAndTriesAgainWhatIsBroken() throws Exception {
    assertThat(failure(withFile("/large")))
        .isInstanceOfSatisfying(
            Failure.Permanent.class,
            failure -> assertThat(failure.reason()).isEqualTo(ReasonCode.LIMITS_EXCEEDED));
    assertThat(failure(withFile("/gone")))
        .isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "attachment: HTTP 404"));
    assertThat(failure(withFile("/broken"))).isInstanceOf(Failure.Transient.class);
  }

  @Test
  void fillsATemplateOfTheTenantIn() throws Exception {
    records.store(
        "acme",
        "order",
        MailTemplate.of(new MailTemplate.Source("Order {{n}}", null, "<p>{{name}}</p>")));

    ReceivedMail mail = sent("\"template\":\"order\",\"variables\":{\"n\":17,\"name\":\"<Ada>\"}");

    assertThat(mail.subject()).isEqualTo("Order 17");
    assertThat(mail.source()).contains("<p>&lt;Ada&gt;</p>");
  }

  @Test
  void welcomesWithTheBuiltInTemplateUntilTheTenantHasItsOwn() throws Exception {
    assertThat(sent("\"template\":\"welcome\",\"variables\":{\"name\":\"Ada\"}").subject())
        .isEqualTo("Welcome, Ada");

    records.store("acme", "greeting", MailTemplate.of(new MailTemplate.Source("Hi", "Hi", null)));
    assertThat(sent("\"template\":\"greeting\"").subject()).isEqualTo("Hi");
  }

  @Test
  void findsATemplateThatWasNotThereAMomentAgo() throws Exception {
    assertThat(failure("\"template\":\"late\"")).isInstanceOf(Failure.Permanent.class);

    records.store("acme", "late", MailTemplate.of(new MailTemplate.Source("Here", "Hi", null)));

    assertThat(sent("\"template\":\"late\"").subject()).isEqualTo("Here");
  }

  @Test
  void putsOffAMailRatherThanWaitForTheFilesOfOthers() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    files.createContext(
        "/stuck",
        exchange -> {
          asked.countDown();
          awaitQuietly(answer);
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    try (EmailHandler one =
            new EmailHandler(
                MailServers.properties(STACK.smtpPort(), Map.of("attachments.mails-at-once", "1")),
                MailServers.around(records, Clock.systemUTC()));
        ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      EmailPayload stuck = payload(withFile("/stuck"), "ada@example.org");
      EmailPayload small = payload(withFile("/small"), "ada@example.org");
      Future<Failure> waiting = other.submit(() -> failure(one, stuck));
      asked.await();
      Failure refused;
      try {
        refused = failure(one, small);
      } finally {
        answer.countDown();
      }

      assertThat(refused).isInstanceOf(Failure.Unavailable.class);
      assertThat(waiting.get()).isInstanceOf(Failure.Permanent.class);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void namesTheVariableThatIsMissing() throws Exception {
    assertThat(failure("\"template\":\"welcome\",\"variables\":{\"nam\":\"Ada\"}"))
        .isEqualTo(
            new Failure.Permanent(
                ReasonCode.VALIDATION_FAILED, "subject: the variable name is missing"));
    assertThat(failure("\"template\":\"unknown\""))
        .isEqualTo(
            new Failure.Permanent(ReasonCode.VALIDATION_FAILED, "there is no such template"));
    assertThat(
            failure(
                "\"template\":\"welcome\",\"variables\":{\"name\":\"A\\r\\nBcc: eve@example.org\"}"))
        .isInstanceOfSatisfying(
            Failure.Permanent.class,
            failure -> assertThat(failure.reason()).isEqualTo(ReasonCode.HEADER_INJECTION));
  }

  @Test
  void sendsNothingBeyondAsciiToAServerThatCannotReadIt() throws Exception {
    EmailPayload mail = payload("\"subject\":\"s\",\"text\":\"t\"", "jörg@example.org");
    try (ScriptedSmtp old = new ScriptedSmtp();
        EmailHandler toOld = to(old);
        ScriptedSmtp recent = new ScriptedSmtp();
        EmailHandler toRecent = to(recent)) {
      recent.answer("EHLO", "250-here\r\n250 SMTPUTF8");

      assertThat(failure(toOld, mail))
          .isEqualTo(new Failure.Permanent(ReasonCode.REJECTED, "SMTP 553 5.6.7: mail refused"));
      HandlerResult _ = toRecent.handle(mail, context(UUID.randomUUID()));

      assertThat(recent.commands())
          .contains("MAIL FROM:<fleet@example.org> SMTPUTF8", "RCPT TO:<jörg@example.org>");
    }
  }

  private EmailHandler to(ScriptedSmtp server) {
    return new EmailHandler(
        MailServers.properties(server.port(), Map.of()),
        MailServers.around(records, Clock.systemUTC()));
  }

  private void serve(String path, int status, int size) {
    files.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(status, size);
          exchange.getResponseBody().write("x".repeat(size).getBytes(UTF_8));
          exchange.close();
        });
  }

  private String withFile(String path) {
    return "\"subject\":\"s\",\"text\":\"t\",\"attachments\":[{\"filename\":\"file.bin\","
        + "\"url\":\"http://127.0.0.1:%d%s\"}]".formatted(files.getAddress().getPort(), path);
  }

  private ReceivedMail sent(String fields) throws Exception {
    UUID id = UUID.randomUUID();
    HandlerResult _ = handler.handle(payload(fields, "ada@example.org"), context(id));
    return STACK.mail().message(id + "@example.org").orElseThrow();
  }

  private Failure failure(String fields) throws Exception {
    return failure(handler, payload(fields, "ada@example.org"));
  }

  private static Failure failure(EmailHandler by, EmailPayload mail) {
    return new FailureClassifier()
        .classify(catchThrowable(() -> by.handle(mail, context(UUID.randomUUID()))));
  }

  private static EmailPayload payload(String fields, String to) throws Exception {
    String json = "{\"to\":\"%s\",%s}".formatted(to, fields);
    return StrictJson.read(json.getBytes(UTF_8), EmailPayload.class);
  }

  private static TaskContext context(UUID id) {
    return new AttemptContext(
        id, "acme", 1, Instant.EPOCH, Instant.now().plusSeconds(30), null, _ -> {});
  }
}
