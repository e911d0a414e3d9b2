package io.taskfleet.worker.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.taskfleet.handler.HandlerResult;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.attempt.AttemptContext;
import io.taskfleet.worker.dependency.DependencyControl;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a mail has to wait for is asked before its attachments are fetched. */
@Timeout(60)
class DeferredAttachmentsIT {
  private static final DependencyControl CLOSED_OFF =
      new DependencyControl(DependencyControl.Forced.OPEN, null, null);
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final AtomicInteger fetched = new AtomicInteger();
  private final ScriptedSmtp one = new ScriptedSmtp();
  private final ScriptedSmtp two = new ScriptedSmtp();
  private final EmailHandler.Surroundings around =
      MailServers.around(new RecordsInMemory(), Clock.fixed(NOON, ZoneOffset.UTC));
  private final HttpServer files =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);

  DeferredAttachmentsIT() throws IOException {
    files.createContext(
        "/file",
        exchange -> {
          fetched.incrementAndGet();
          exchange.sendResponseHeaders(200, 1);
          exchange.getResponseBody().write('x');
          exchange.close();
        });
    files.start();
  }

  @AfterEach
  void close() throws IOException {
    around.client().close();
    files.stop(0);
    one.close();
    two.close();
  }

  @Test
  void areNotFetchedWhileNoProviderTakesCalls() throws Exception {
    try (EmailHandler handler =
        new EmailHandler(MailServers.providers(Map.of(), one.port(), two.port()), around)) {
      around.dependencies().adjust(Map.of("smtp:one", CLOSED_OFF, "smtp:two", CLOSED_OFF));

      assertThat(failure(handler)).isInstanceOf(Failure.Unavailable.class);

      assertThat(fetched).hasValue(0);
      around.dependencies().adjust(Map.of("smtp:one", CLOSED_OFF));
      send(handler);
      assertThat(fetched).hasValue(1);
      assertThat(two.taken()).hasSize(1);
    }
  }

  @Test
  void areNotFetchedForAProviderWhoseBreakerIsOpen() throws Exception {
    try (EmailHandler handler =
        new EmailHandler(MailServers.properties(one.port(), Map.of()), around)) {
      one.answer("CONNECT", "421 later");
      int calls = 0;
      while (failure(handler) instanceof Failure.Transient) {
        calls++;
      }

      assertThat(calls).isPositive();
      assertThat(failure(handler)).isInstanceOf(Failure.Unavailable.class);

      assertThat(fetched).hasValue(calls);
    }
  }

  @Test
  void areNotFetchedBeyondTheProvidersQuota() throws Exception {
    try (EmailHandler handler =
        new EmailHandler(
            MailServers.providers(Map.of("providers[0].quota.recipients", "1"), one.port()),
            around)) {
      send(handler);

      assertThat(failure(handler))
          .isEqualTo(
              new Failure.Unavailable("the provider's quota is used up", Duration.ofMinutes(1)));

      assertThat(fetched).hasValue(1);
      assertThat(around.dependencies().limit("smtp:one")).as("leaves others in Kafka").isZero();
    }
  }

  @Test
  void areNotFetchedForADomainThatHasHadItsMailsOfThisSecond() throws Exception {
    try (EmailHandler handler =
        new EmailHandler(
            MailServers.properties(one.port(), Map.of("domains[example.org]", "2")), around)) {
      send(handler);
      send(handler);

      assertThat(failure(handler))
          .isEqualTo(
              new Failure.Unavailable(
                  "too many mails to the domain in this second", Duration.ofSeconds(1)));

      assertThat(fetched).hasValue(2);
    }
  }

  private void send(EmailHandler by) throws Exception {
    HandlerResult _ = by.handle(mail(), context());
  }

  private Failure failure(EmailHandler by) throws Exception {
    EmailPayload mail = mail();
    return new FailureClassifier().classify(catchThrowable(() -> by.handle(mail, context())));
  }

  private EmailPayload mail() throws Exception {
    String json =
        """
        {"to": "ada@example.org", "subject": "s", "text": "t", "attachments": [
          {"filename": "file.bin", "url": "http://127.0.0.1:%d/file"}]}
        """
            .formatted(files.getAddress().getPort());
    return StrictJson.read(json.getBytes(UTF_8), EmailPayload.class);
  }

  private static TaskContext context() {
    return new AttemptContext(
        UUID.randomUUID(), "acme", 1, NOON, NOON.plusSeconds(30), null, _ -> {});
  }
}
