package io.taskfleet.worker.failure;

import static io.taskfleet.worker.failure.RemoteRefusal.Protocol.HTTP;
import static io.taskfleet.worker.failure.RemoteRefusal.Protocol.SMTP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.taskfleet.handler.PermanentFailureException;
import io.taskfleet.handler.RetryLaterException;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureClassifierTest {
  private static final String SECRET = "ada@example.org";
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  private final FailureClassifier classifier = new FailureClassifier();

  static Stream<Arguments> table() {
    return Stream.of(
        arguments(new TimeoutException(SECRET), spent(ErrorClass.TIMEOUT, "timed out")),
        arguments(new SocketTimeoutException(SECRET), spent(ErrorClass.TIMEOUT, "timed out")),
        arguments(new UnknownHostException(SECRET), spent(ErrorClass.DNS, "host not found")),
        arguments(new ConnectException(SECRET), spent(ErrorClass.CONNECTION, "cannot connect")),
        arguments(new SSLHandshakeException(SECRET), spent(ErrorClass.TLS, "TLS failed")),
        arguments(
            new SocketException(SECRET),
            spent(ErrorClass.CONNECTION, "connection failed: SocketException")),
        arguments(
            new IOException(SECRET),
            spent(ErrorClass.CONNECTION, "connection failed: IOException")),
        arguments(
            new UncheckedIOException(new ConnectException(SECRET)),
            spent(ErrorClass.CONNECTION, "cannot connect")),
        arguments(
            new ExecutionException(new CompletionException(new TimeoutException())),
            spent(ErrorClass.TIMEOUT, "timed out")),
        arguments(
            new IllegalStateException(SECRET), spent(ErrorClass.OTHER, "IllegalStateException")),
        arguments(new StackOverflowError(), spent(ErrorClass.OTHER, "StackOverflowError")),
        arguments(new OutOfMemoryError(SECRET), spent(ErrorClass.OTHER, "OutOfMemoryError")),
        arguments(new AssertionError(SECRET), spent(ErrorClass.OTHER, "AssertionError")),
        arguments(new InterruptedException(), spent(ErrorClass.OTHER, "InterruptedException")),
        arguments(
            new CallRefusedException("breaker open", TEN_SECONDS),
            new Failure.Unavailable("breaker open", TEN_SECONDS)),
        arguments(
            new RetryLaterException("not yet", TEN_SECONDS),
            new Failure.Unavailable("not yet", TEN_SECONDS)),
        arguments(
            new PermanentFailureException("never"),
            new Failure.Permanent(ReasonCode.REJECTED, "never")),
        arguments(
            new TaskRejectedException(ReasonCode.VALIDATION_FAILED, "no"),
            new Failure.Permanent(ReasonCode.VALIDATION_FAILED, "no")),
        arguments(
            new RuntimeException(new BlockedDestinationException()),
            new Failure.Permanent(
                ReasonCode.BLOCKED_DESTINATION, "the destination is not a public address")));
  }

  static Stream<Arguments> replies() {
    Duration hour = Duration.ofHours(1);
    return Stream.of(
        arguments(HTTP, 301, null, rejected()),
        arguments(HTTP, 400, null, rejected()),
        arguments(HTTP, 404, TEN_SECONDS, rejected()),
        arguments(HTTP, 410, null, rejected()),
        arguments(HTTP, 408, null, tried(ErrorClass.TIMEOUT, null)),
        arguments(HTTP, 425, TEN_SECONDS, tried(ErrorClass.THROTTLED, TEN_SECONDS)),
        arguments(HTTP, 429, null, unavailable(FailureClassifier.THROTTLED)),
        arguments(HTTP, 429, TEN_SECONDS, unavailable(TEN_SECONDS)),
        arguments(HTTP, 429, Duration.ofDays(3), unavailable(hour)),
        arguments(HTTP, 500, TEN_SECONDS, tried(ErrorClass.SERVER_ERROR, TEN_SECONDS)),
        arguments(HTTP, 502, Duration.ofDays(3), tried(ErrorClass.SERVER_ERROR, hour)),
        arguments(HTTP, 503, null, tried(ErrorClass.SERVER_ERROR, null)),
        arguments(HTTP, 503, TEN_SECONDS, unavailable(TEN_SECONDS)),
        arguments(SMTP, 421, null, tried(ErrorClass.SERVER_ERROR, null)),
        arguments(SMTP, 450, null, tried(ErrorClass.THROTTLED, null)),
        arguments(SMTP, 451, null, tried(ErrorClass.THROTTLED, null)),
        arguments(SMTP, 452, null, tried(ErrorClass.THROTTLED, null)),
        arguments(SMTP, 454, null, tried(ErrorClass.SERVER_ERROR, null)),
        arguments(SMTP, 530, null, unavailable(FailureClassifier.CREDENTIALS)),
        arguments(SMTP, 535, null, unavailable(FailureClassifier.CREDENTIALS)),
        arguments(SMTP, 550, null, rejected()),
        arguments(SMTP, 552, null, rejected()),
        arguments(SMTP, 554, null, rejected()),
        arguments(SMTP, 554, TEN_SECONDS, unavailable(TEN_SECONDS)));
  }

  @ParameterizedTest
  @MethodSource("table")
  void saysWhatAThrowableMeansAndRepeatsNoForeignMessage(Throwable thrown, Failure expected) {
    assertThat(classifier.classify(thrown)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("replies")
  void saysWhatAReplyMeans(
      RemoteRefusal.Protocol protocol,
      int status,
      @Nullable Duration retryAfter,
      Failure expected) {
    assertThat(classifier.classify(new RemoteRefusal(protocol, status, "reply", retryAfter)))
        .isEqualTo(expected);
  }

  static Stream<Arguments> mailReplies() {
    return Stream.of(
        arguments("550 5.1.1 no such user", rejected()),
        arguments("550-5.7.1 spam", rejected()),
        arguments("552 5.3.4 too large", rejected()),
        arguments("552 5.2.2 mailbox full", tried(ErrorClass.THROTTLED, null)),
        arguments("550 5.5.3 too many recipients", tried(ErrorClass.THROTTLED, null)),
        arguments("450 4.2.1 too fast", tried(ErrorClass.THROTTLED, null)),
        arguments("554 5.3.2 not accepting", tried(ErrorClass.SERVER_ERROR, null)),
        arguments("432 4.7.12 password", tried(ErrorClass.SERVER_ERROR, null)),
        arguments("454 4.7.8 later", tried(ErrorClass.SERVER_ERROR, null)),
        arguments("535 5.7.8 credentials", unavailable(FailureClassifier.CREDENTIALS)),
        arguments("550 5.7.9 mechanism", unavailable(FailureClassifier.CREDENTIALS)),
        arguments("550 5.4.5 daily quota", unavailable(FailureClassifier.QUOTA)),
        arguments("452 4.4.5 congested", unavailable(FailureClassifier.QUOTA)),
        arguments("550 5.4.5x is no code", rejected()));
  }

  @ParameterizedTest
  @MethodSource("mailReplies")
  void readsTheEnhancedStatusCodeToo(String line, Failure expected) {
    SmtpReply reply = SmtpReply.of(Integer.parseInt(line.substring(0, 3)), line);

    Failure failure = classifier.classify(new RemoteRefusal(reply, "reply", null, false));

    assertThat(failure.label()).isEqualTo(expected.label());
    assertThat(failure.errorClass()).isEqualTo(expected.errorClass());
    if (expected instanceof Failure.Unavailable(String _, Duration retryAfter)) {
      assertThat(failure)
          .isInstanceOfSatisfying(
              Failure.Unavailable.class,
              away -> assertThat(away.retryAfter()).isEqualTo(retryAfter));
    }
  }

  @Test
  void takesAPassedDeadlineForATimeout() {
    assertThat(classifier.deadlinePassed(TEN_SECONDS))
        .isEqualTo(spent(ErrorClass.TIMEOUT, "no result within PT10S"));
  }

  @Test
  void namesTheClassOfWhatMayGoBetterAndTheKindOfAllElse() {
    assertThat(spent(ErrorClass.SERVER_ERROR, "").errorClass()).isEqualTo("server_error");
    assertThat(spent(ErrorClass.SERVER_ERROR, "").label()).isEqualTo("transient");
    assertThat(rejected().errorClass()).isEqualTo("permanent");
    assertThat(unavailable(TEN_SECONDS).errorClass()).isEqualTo("unavailable");
  }

  @Test
  void takesTheReasonFromRefusedJson() {
    RefusedJsonException refused =
        Assertions.catchThrowableOfType(
            RefusedJsonException.class,
            () -> StrictJson.read("{".getBytes(StandardCharsets.UTF_8), Map.class));

    assertThat(classifier.classify(refused))
        .isEqualTo(new Failure.Undecodable(ReasonCode.MALFORMED, refused.detail()));
  }

  @Test
  void endsOnCausesThatGoRoundInCircles() {
    RuntimeException one = new RuntimeException();
    RuntimeException other = new RuntimeException(one);
    one.initCause(other);

    assertThat(classifier.classify(one)).isEqualTo(spent(ErrorClass.OTHER, "RuntimeException"));
  }

  private static Failure spent(ErrorClass cause, String detail) {
    return new Failure.Transient(cause, detail, null);
  }

  private static Failure tried(ErrorClass cause, @Nullable Duration retryAfter) {
    return new Failure.Transient(cause, "reply", retryAfter);
  }

  private static Failure unavailable(Duration retryAfter) {
    return new Failure.Unavailable("reply", retryAfter);
  }

  private static Failure rejected() {
    return new Failure.Permanent(ReasonCode.REJECTED, "reply");
  }
}
