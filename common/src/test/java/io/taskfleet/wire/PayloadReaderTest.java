package io.taskfleet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.AnalyticsPayload;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.EmailPayload;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.math.BigDecimal;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadReaderTest {
  private final PayloadReader reader = new PayloadReader();

  @Test
  void readsOneRecipientAsAList() throws RefusedJsonException {
    EmailPayload email =
        reader.read(
            BuiltInTypes.EMAIL,
            "{\"to\":\"Ada@Example.com\",\"subject\":\"s\",\"text\":\"t\"}".getBytes(UTF_8));

    assertThat(email.to()).containsExactly("Ada@Example.com");
    assertThat(email.recipient()).contains("ada@example.com");
  }

  @Test
  void writesWhatItReads() throws RefusedJsonException {
    byte[] json =
        "{\"to\":[\"a@example.com\"],\"subject\":\"s\",\"reply_to\":\"b@example.com\",\"html\":\"<p>\"}"
            .getBytes(UTF_8);

    EmailPayload email = reader.read(BuiltInTypes.EMAIL, json);

    assertThat(new String(StrictJson.mapper().writeValueAsBytes(email), UTF_8))
        .isEqualTo(
            "{\"to\":[\"a@example.com\"],\"subject\":\"s\",\"html\":\"<p>\",\"reply_to\":\"b@example.com\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "email|{\"subject\":\"s\",\"text\":\"t\"}|/to|VALIDATION_FAILED",
        "email|{\"to\":[],\"subject\":\"s\",\"text\":\"t\"}|/to|VALIDATION_FAILED",
        "email|{\"to\":\"nobody\",\"subject\":\"s\",\"text\":\"t\"}|/to/0|VALIDATION_FAILED",
        "email|{\"to\":[\"a@example.com\",\"b@\"],\"subject\":\"s\",\"text\":\"t\"}|/to/1|VALIDATION_FAILED",
        "email|{\"to\":\"<a@example.com>\",\"subject\":\"s\",\"text\":\"t\"}|/to/0|VALIDATION_FAILED",
        "email|{\"to\":\"@b,@c:a@example.com\",\"subject\":\"s\",\"text\":\"t\"}|/to/0|VALIDATION_FAILED",
        "email|{\"to\":\"a@example.com\",\"subject\":\"\",\"text\":\"t\"}|/subject|VALIDATION_FAILED",
        "email|{\"to\":\"a@example.com\",\"subject\":\"s\\r\\nBcc: x@example.com\",\"text\":\"t\"}|/subject|HEADER_INJECTION",
        "email|{\"to\":\"a@example.com\",\"subject\":\"s\"}|''|VALIDATION_FAILED",
        "email|{\"to\":[null],\"subject\":\"s\",\"text\":\"t\"}|/to/0|VALIDATION_FAILED",
        "email|{\"to\":\"a@example.com\",\"cc\":[null],\"subject\":\"s\",\"text\":\"t\"}|/cc/0|VALIDATION_FAILED",
        "email|{\"to\":\"a@example.com\",\"bcc\":[null],\"subject\":\"s\",\"text\":\"t\"}|/bcc/0|VALIDATION_FAILED",
        "email|{\"to\":\"a@example.com\",\"deliver_to\":[null],\"subject\":\"s\",\"text\":\"t\"}|/deliver_to/0|VALIDATION_FAILED",
        "email|{\"to\":\"a@example.com\",\"subject\":\"s\",\"text\":\"t\",\"reply_to\":\"x\"}|/reply_to|VALIDATION_FAILED",
        "notification|{\"message\":\"m\"}|''|VALIDATION_FAILED",
        "notification|{\"message\":\"m\",\"url\":\"ftp://example.com/\"}|/url|VALIDATION_FAILED",
        "notification|{\"message\":\"m\",\"url\":\"http://user:pass@example.com/\"}|/url|VALIDATION_FAILED",
        "notification|{\"message\":\"m\",\"url\":\"http://example.com:99999/\"}|/url|VALIDATION_FAILED",
        "notification|{\"message\":\"m\",\"url\":\"/relative\"}|/url|VALIDATION_FAILED",
        "notification|{\"message\":\"m\",\"url\":\"http:///nohost\"}|/url|VALIDATION_FAILED",
        "notification|{\"message\":\"m\",\"url\":\"http://example.com/\",\"data\":[]}|/data|VALIDATION_FAILED",
        "http|{\"method\":\"GET\"}|/url|VALIDATION_FAILED",
        "http|{\"url\":\"https://example.com/\",\"method\":\"TRACE\"}|/method|VALIDATION_FAILED",
        "http|{\"url\":\"https://example.com/\",\"headers\":{\"Host\":\"x\"}}|/headers/Host|VALIDATION_FAILED",
        "http|{\"url\":\"https://example.com/\",\"headers\":{\"x-forwarded-for\":\"x\"}}|/headers/x-forwarded-for|VALIDATION_FAILED",
        "http|{\"url\":\"https://example.com/\",\"headers\":{\"a/~b\":\"x\"}}|/headers/a~1~0b|VALIDATION_FAILED",
        "http|{\"url\":\"https://example.com/\",\"headers\":{\"A\":\"x\\r\\nB: y\"}}|/headers/A|HEADER_INJECTION",
        "http|{\"url\":\"https://example.com/\",\"headers\":{\"A\":null}}|/headers/A|VALIDATION_FAILED",
        "http|{\"url\":\"https://example.com/\",\"expect\":[]}|/expect|VALIDATION_FAILED",
        "http|{\"url\":\"https://example.com/\",\"expect\":[200,700]}|/expect/1|VALIDATION_FAILED",
        "analytics|{\"name\":\"\"}|/name|VALIDATION_FAILED",
        "analytics|{\"name\":\"a b\"}|/name|VALIDATION_FAILED",
        "analytics|{\"name\":\"a\",\"value\":\"1\"}|/value|VALIDATION_FAILED",
        "analytics|{\"name\":\"a\",\"value\":1e300}|/value|VALIDATION_FAILED",
        "analytics|{\"name\":\"a\",\"value\":1e-20000}|/value|VALIDATION_FAILED",
        "analytics|{\"name\":\"a\",\"at\":\"+292278-01-01T00:00:00Z\"}|/at|VALIDATION_FAILED",
        "analytics|{\"name\":\"a\",\"user_id\":\"\"}|/user_id|VALIDATION_FAILED"
      })
  void refusesAndPointsAtTheField(String type, String json, String pointer, ReasonCode code) {
    assertThatExceptionOfType(RefusedJsonException.class)
        .isThrownBy(() -> reader.read(BuiltInTypes.named(type).orElseThrow(), json.getBytes(UTF_8)))
        .satisfies(
            refused ->
                assertThat(refused.violations())
                    .anySatisfy(
                        violation -> {
                          assertThat(violation.pointer()).isEqualTo(pointer);
                          assertThat(violation.code()).isEqualTo(code);
                        }));
  }

  /** Each of these breaks three rules, and they fit into a body. */
  @Test
  void stopsCountingWhereTooMuchIsWrong() {
    String many = "{},".repeat(340_000);
    String json =
        "{\"to\":\"a@example.com\",\"subject\":\"s\",\"text\":\"t\",\"attachments\":[%s{}]}"
            .formatted(many);

    assertThatExceptionOfType(RefusedJsonException.class)
        .isThrownBy(() -> reader.read(BuiltInTypes.EMAIL, json.getBytes(UTF_8)))
        .satisfies(
            refused ->
                assertThat(refused.violations())
                    .singleElement()
                    .extracting(Violation::code)
                    .isEqualTo(ReasonCode.LIMITS_EXCEEDED));
    // What was wrong there is not held against the next one.
    assertThatExceptionOfType(RefusedJsonException.class)
        .isThrownBy(() -> reader.read(BuiltInTypes.EMAIL, "{}".getBytes(UTF_8)))
        .satisfies(refused -> assertThat(refused.violations()).hasSize(2));
  }

  @Test
  @Timeout(10)
  void looksUpWhoIsToGetIt() throws RefusedJsonException {
    String all =
        IntStream.range(0, 60_000)
            .mapToObj(i -> "\"%05d@b\"".formatted(i))
            .collect(Collectors.joining(","));
    String last = "\"59999@b\",".repeat(44_000) + "\"59999@b\"";
    String json =
        "{\"to\":[%s],\"subject\":\"s\",\"text\":\"t\",\"deliver_to\":[%s]}".formatted(all, last);

    assertThatExceptionOfType(RefusedJsonException.class)
        .isThrownBy(() -> reader.read(BuiltInTypes.EMAIL, json.getBytes(UTF_8)))
        .satisfies(
            refused ->
                assertThat(refused.violations())
                    .extracting(Violation::pointer)
                    .containsExactly("/deliver_to", "/to"));
  }

  @Test
  void takesEveryNumberThatADoubleIs() throws RefusedJsonException {
    for (double value :
        new double[] {Double.MIN_VALUE, -Double.MIN_NORMAL, 0.1, -1e15, 6.626e-34}) {
      AnalyticsPayload event =
          reader.read(
              BuiltInTypes.ANALYTICS,
              "{\"name\":\"a\",\"value\":%s}".formatted(value).getBytes(UTF_8));

      assertThat(event.value()).isEqualByComparingTo(BigDecimal.valueOf(value));
    }
  }

  private record Picture(@NotNull String imageURL, @Valid Part aPart) implements Payload {}

  private record Part(@NotNull String xAxis) {}

  @Test
  void pointsAtFieldsByTheNamesThatTheyAreReadBy() throws RefusedJsonException {
    TaskType<Picture> type = new TaskType<>("picture", Picture.class);

    assertThat(
            reader
                .read(type, "{\"image_url\":\"u\",\"a_part\":{\"x_axis\":\"x\"}}".getBytes(UTF_8))
                .imageURL())
        .isEqualTo("u");
    assertThatExceptionOfType(RefusedJsonException.class)
        .isThrownBy(() -> reader.read(type, "{\"a_part\":{}}".getBytes(UTF_8)))
        .satisfies(
            refused ->
                assertThat(refused.violations())
                    .extracting(Violation::pointer)
                    .containsExactly("/a_part/x_axis", "/image_url"));
  }
}
