package io.taskfleet.worker.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.worker.failure.ErrorClass;
import io.taskfleet.worker.failure.Failure;
import io.taskfleet.worker.failure.FailureClassifier;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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

    assertThat(failure(true).detail()).isEqualTo("SMTP 535: authentication refused");
  }

  @Test
  void blamesTheTaskForASenderOfItsOwn() {
    server.answer("MAIL", "550 not your address");

    assertThat(failure(false)).isInstanceOf(Failure.Permanent.class);
  }

  @Test
  void sendsNothingInTheClearWhereTlsIsDemanded() {
    try (SmtpClient strict = client(EmailProperties.Tls.STARTTLS, Duration.ofSeconds(20))) {
      Throwable thrown = catchThrowable(() -> strict.send(mail(strict, "ada@example.org"), true));

      assertThat(classifier.classify(thrown)).isInstanceOf(Failure.Unavailable.class);
      assertThat(server.commands()).doesNotContain("AUTH", "MAIL");
    }
  }

  @Test
  void keepsTheConnectionAfterARefusal() throws Exception {
    server.answer("RCPT", "550 no");
    assertThat(failure(true)).isInstanceOf(Failure.Permanent.class);
    server.answer("RCPT", "250 ok");

    client.send(mail(client, "ada@example.org"), true);

    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void replacesAConnectionThatWasClosedWhileIdle() throws Exception {
    client.send(mail(client, "ada@example.org"), true);
    server.hangUp();

    client.send(mail(client, "ada@example.org"), true);

    assertThat(server.connections()).isEqualTo(2);
    assertThat(server.commands()).filteredOn("."::equals).hasSize(2);
  }

  @Test
  void sendsNothingTwiceWhenTheAnswerToTheContentIsLost() throws Exception {
    client.send(mail(client, "ada@example.org"), true);
    server.answer(".", ScriptedSmtp.HANG_UP);

    assertThat(failure(true)).isInstanceOf(Failure.Transient.class);

    assertThat(server.commands()).filteredOn("."::equals).hasSize(2);
  }

  @Test
  void endsWhenTheServerFallsSilent() throws Exception {
    server.answer("RCPT", ScriptedSmtp.SILENCE);
    try (SmtpClient hasty = client(EmailProperties.Tls.NONE, Duration.ofMillis(300))) {
      Throwable thrown = catchThrowable(() -> hasty.send(mail(hasty, "ada@example.org"), true));

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
    try (SmtpClient frugal = new SmtpClient(fleeting, Clock.systemUTC())) {
      frugal.send(mail(frugal, "ada@example.org"), true);

      Awaitility.await().until(() -> server.open() == 0);

      frugal.send(mail(frugal, "ada@example.org"), true);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void asksAConnectionThatWasIdleWhetherItStillAnswers() throws Exception {
    EmailProperties patient =
        properties(EmailProperties.Tls.NONE, Duration.ofSeconds(20), Duration.ofSeconds(30));
    try (SmtpClient careful = new SmtpClient(patient, new LeapingClock())) {
      careful.send(mail(careful, "ada@example.org"), true);
      careful.send(mail(careful, "ada@example.org"), true);
      assertThat(server.commands()).contains("NOOP");
      assertThat(server.connections()).isEqualTo(1);

      server.answer("NOOP", "421 closing");
      careful.send(mail(careful, "ada@example.org"), true);

      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void closesAConnectionAfterItsShareOfMails() throws Exception {
    for (int i = 0; i < 10; i++) {
      client.send(mail(client, "ada@example.org"), true);
    }

    assertThat(server.connections()).isEqualTo(4);
  }

  private Failure failure(boolean ownSender) {
    Throwable thrown =
        catchThrowable(() -> client.send(mail(client, "ada@example.org"), ownSender));
    assertThat(thrown).isNotNull();
    return classifier.classify(thrown);
  }

  private SmtpClient client(EmailProperties.Tls tls, Duration readTimeout) {
    return new SmtpClient(properties(tls, readTimeout, Duration.ofSeconds(30)), Clock.systemUTC());
  }

  private EmailProperties properties(
      EmailProperties.Tls tls, Duration readTimeout, Duration idleTimeout) {
    return new EmailProperties(
        "127.0.0.1",
        server.port(),
        tls,
        "user",
        "password",
        "fleet@example.org",
        null,
        new EmailProperties.Pool(4, idleTimeout, 3),
        new EmailProperties.Timeouts(Duration.ofSeconds(5), readTimeout, Duration.ofSeconds(5)));
  }

  private static MimeMessage mail(SmtpClient client, String to) throws Exception {
    EmailPayload payload =
        new EmailPayload(List.of(to), "Subject", "Text", null, null, null, null, null);
    return new MailComposer(client.session(), "fleet@example.org")
        .compose(payload, "id@example.org", Instant.EPOCH);
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
