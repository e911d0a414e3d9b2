package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server can do to a client, and what the client makes of it. */
@Timeout(30)
class SmtpClientIT {
  private final FailureClassifier classifier = new FailureClassifier();
  private final ScriptedSmtp server = new ScriptedSmtp();
  private final SmtpClient client = client(EmailProperties.Tls.NONE, Duration.ofSeconds(20));

  SmtpClientIT() throws IOException {}

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "CONNECT, 421 later",
    "CONNECT, 454 later",
    "CONNECT, hang up",
    "AUTH, 454 4.7.0 later",
    "AUTH, hang up",
    "MAIL, 421 closing",
    "MAIL, 451 later",
    "MAIL, hang up",
    "RCPT, 450 greylisted",
    "RCPT, 452 full",
    "RCPT, hang up",
    "DATA, 451 later",
    "DATA, hang up",
    "., 451 later",
    "., hang up"
  })
  void isWorthAnotherAttempt(String command, String answer) {
    server.answer(command, answer);

    assertThat(failure(true)).isInstanceOf(Failure.Transient.class);
  }

  @ParameterizedTest
  @CsvSource({
    "RCPT, 550 5.1.1 ada@example.org unknown",
    "RCPT, 554 no",
    "DATA, 554 no",
    "., 552 too large",
    "MAIL, 552 too large"
  })
  void isNotWorthAnotherAttempt(String command, String answer) {
    server.answer(command, answer);

    assertThat(failure(true))
        .isInstanceOfSatisfying(
            Failure.Permanent.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(ReasonCode.REJECTED);
              assertThat(refused.detail()).startsWith("SMTP 55").doesNotContain("ada");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "CONNECT, 554 go away",
    "AUTH, 535 5.7.8 bad credentials",
    "AUTH, 534 other mechanism",
    "MAIL, 530 5.7.0 authenticate",
    "MAIL, 550 not your address"
  })
  void isNoFaultOfTheMail(String command, String answer) {
    server.answer(command, answer);

    assertThat(failure(true))
        .isInstanceOfSatisfying(
            Failure.Unavailable.class,
            away -> assertThat(away.retryAfter()).isEqualTo(Duration.ofMinutes(1)));
  }

  @Test
  void saysThatTheCredentialsAreRefused() {
    server.answer("AUTH", "535 5.7.8 bad credentials");

    assertThat(failure(true).detail()).isEqualTo("SMTP 535 5.7.8: authentication refused");
  }

  @Test
  void blamesTheTaskForASenderOfItsOwn() {
    server.answer("MAIL", "550 not your address");

    assertThat(failure(false)).isInstanceOf(Failure.Permanent.class);
  }

  @Test
  void sendsNothingInTheClearWhereTlsIsDemanded() {
    try (SmtpClient strict = client(EmailProperties.Tls.STARTTLS, Duration.ofSeconds(20))) {
      Throwable thrown = catchThrowable(() -> send(strict));

      assertThat(classifier.classify(thrown)).isInstanceOf(Failure.Unavailable.class);
      assertThat(server.commands())
          .noneMatch(each -> each.startsWith("AUTH") || each.startsWith("MAIL"));
    }
  }

  @Test
  void keepsTheConnectionAfterARefusal() throws Exception {
    server.answer("RCPT", "550 no");
    assertThat(failure(true)).isInstanceOf(Failure.Permanent.class);
    server.answer("RCPT", "250 ok");

    send(client);

    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void replacesAConnectionThatWasClosedWhileIdle() throws Exception {
    send(client);
    server.hangUp();

    send(client);

    assertThat(server.connections()).isEqualTo(2);
    assertThat(server.commands()).filteredOn("."::equals).hasSize(2);
  }

  @Test
  void sendsNothingTwiceWhenTheAnswerToTheContentIsLost() throws Exception {
    send(client);
    server.answer(".", ScriptedSmtp.HANG_UP);

    assertThat(failure(true)).isInstanceOf(Failure.Transient.class);

    assertThat(server.commands()).filteredOn("."::equals).hasSize(2);
  }

  @Test
  void endsWhenTheServerFallsSilent() throws Exception {
    server.answer("RCPT", ScriptedSmtp.SILENCE);
    try (SmtpClient hasty = client(EmailProperties.Tls.NONE, Duration.ofMillis(300))) {
      Throwable thrown = catchThrowable(() -> send(hasty));

      assertThat(classifier.classify(thrown))
          .isEqualTo(new Failure.Transient(ErrorClass.TIMEOUT, "timed out", null));
      Awaitility.await().until(() -> server.open() == 0);
    }
  }

  @Test
  void endsAndClosesItsConnectionWhenInterrupted() throws Exception {
    server.answer("DATA", ScriptedSmtp.SILENCE);
    CountDownLatch failed = new CountDownLatch(1);
    Thread attempt =
        Thread.ofVirtual()
            .start(
                () -> {
                  if (failure(true) instanceof Failure.Transient) {
                    failed.countDown();
                  }
                });
    server.silent().await();

    attempt.interrupt();

    assertThat(failed.await(5, TimeUnit.SECONDS)).isTrue();
    Awaitility.await().until(() -> server.open() == 0);
  }

  @Test
  void closesConnectionsThatNobodyUses() throws Exception {
    EmailProperties fleeting =
        properties(EmailProperties.Tls.NONE, Duration.ofSeconds(20), Duration.ofMillis(200));
    try (SmtpClient frugal = client(fleeting, Clock.systemUTC())) {
      send(frugal);

      Awaitility.await().until(() -> server.open() == 0);

      send(frugal);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void asksAConnectionThatWasIdleWhetherItStillAnswers() throws Exception {
    EmailProperties patient =
        properties(EmailProperties.Tls.NONE, Duration.ofSeconds(20), Duration.ofSeconds(30));
    try (SmtpClient careful = client(patient, new LeapingClock())) {
      send(careful);
      send(careful);
      assertThat(server.commands()).contains("NOOP");
      assertThat(server.connections()).isEqualTo(1);

      server.answer("NOOP", "421 closing");
      send(careful);

      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void closesAConnectionAfterItsShareOfMails() throws Exception {
    for (int i = 0; i < 10; i++) {
      send(client);
    }

    assertThat(server.connections()).isEqualTo(4);
  }

  private Failure failure(boolean ownSender) {
    Throwable thrown = catchThrowable(() -> send(client, ownSender));
    assertThat(thrown).isNotNull();
    return classifier.classify(thrown);
  }

  private SmtpClient client(EmailProperties.Tls tls, Duration readTimeout) {
    return client(properties(tls, readTimeout, Duration.ofSeconds(30)), Clock.systemUTC());
  }

  private static SmtpClient client(EmailProperties properties, Clock clock) {
    return new SmtpClient(
        properties.servers().getFirst(),
        "client.example",
        Duration.ofMinutes(1),
        (SSLSocketFactory) SSLSocketFactory.getDefault(),
        clock);
  }

  private EmailProperties properties(
      EmailProperties.Tls tls, Duration readTimeout, Duration idleTimeout) {
    return MailServers.properties(
        server.port(),
        Map.of(
            "tls", tls.name(),
            "username", "user",
            "password", "password",
            "pool.size", "4",
            "pool.mails-per-connection", "3",
            "pool.idle-timeout", idleTimeout.toString(),
            "timeouts.read", readTimeout.toString()));
  }

  private static void send(SmtpClient client) throws Exception {
    assertThat(send(client, true)).allMatch(RecipientReply::isAccepted);
  }

  static List<RecipientReply> send(SmtpClient client, boolean ownSender) throws Exception {
    EmailPayload payload =
        new EmailPayload(
            List.of("ada@example.org"), "Subject", "Text", null, null, null, null, null);
    MailComposer.Composed mail =
        new MailComposer("fleet@example.org")
            .compose(
                payload,
                new MailComposer.Content("Subject", "Text", null),
                List.of(),
                "id@example.org",
                Instant.EPOCH);
    return client.send(mail.mail(), mail.envelope(), ownSender);
  }

  /** Two seconds pass whenever somebody looks. */
  private static final class LeapingClock extends Clock {
    private final AtomicLong seconds = new AtomicLong();

    @Override
    public Instant instant() {
      return Instant.ofEpochSecond(seconds.addAndGet(2));
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
