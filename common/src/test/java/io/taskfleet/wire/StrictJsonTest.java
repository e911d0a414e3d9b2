package io.taskfleet.wire;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskfleet.task.ReasonCode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class StrictJsonTest {

  record Sample(
      @Nullable String text,
      @Nullable Integer number,
      @Nullable Instant at,
      @Nullable List<String> list,
      @Nullable ObjectNode tree) {}

  @Test
  void readsWhatIsMeant() throws RefusedJsonException {
    byte[] json =
        """
        {"text":"gr\\u00fc\\u00df \\ud83d\\ude00 \\\\u0000","number":5,"at":"2026-01-01T00:00:00Z",
         "list":["a"],"tree":{"deep":[1,2.5,true,null]}}"""
            .getBytes(UTF_8);

    Sample sample = StrictJson.read(json, Sample.class);

    assertThat(sample.text()).isEqualTo("grüß 😀 \\u0000");
    assertThat(sample.number()).isEqualTo(5);
    assertThat(sample.at()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"text\":\"a\"",
        "{\"text\":\"a\"} x",
        "{\"text\":\"a\"}{}",
        "{text:\"a\"}",
        "{'text':'a'}",
        "{\"number\":NaN}",
        "{\"number\":01}",
        "{\"number\":+1}",
        "{\"text\":\"a\",}",
        "// comment\n{}",
        "{\"text\":\"a\nb\"}",
        "{\"text\":\"a\",\"text\":\"b\"}",
        "{\"tree\":{\"a\":1,\"a\":2}}"
      })
  void refusesWhatIsNotJson(String text) {
    assertThat(reasonFor(text.getBytes(UTF_8))).isEqualTo(ReasonCode.MALFORMED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|''",
        "\"text\"|''",
        "5|''",
        "null|''",
        "{\"other\":1}|/other",
        "{\"number\":99999999999}|/number",
        "{\"text\":5}|/text",
        "{\"text\":true}|/text",
        "{\"number\":\"5\"}|/number",
        "{\"number\":1.9}|/number",
        "{\"number\":true}|/number",
        "{\"at\":5}|/at",
        "{\"at\":\"yesterday\"}|/at",
        "{\"list\":\"a\"}|/list",
        "{\"list\":[\"a\",5]}|/list/1"
      })
  void refusesTheWrongShapeAndPointsAtIt(String text, String pointer) {
    assertThatExceptionOfType(RefusedJsonException.class)
        .isThrownBy(() -> StrictJson.read(text.getBytes(UTF_8), Sample.class))
        .satisfies(
            refused -> {
              assertThat(refused.violations().getFirst().pointer()).isEqualTo(pointer);
              assertThat(refused.reason()).isEqualTo(ReasonCode.VALIDATION_FAILED);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\":\"\\u0000\"}",
        "{\"text\":\"\\ud83d\"}",
        "{\"text\":\"\\ude00\"}",
        "{\"text\":\"\\ude00\\ud83d\"}",
        "{\"text\":\"\\ud83dx\\ude00\"}",
        "{\"tree\":{\"\\u0000\":1}}"
      })
  void refusesCharactersThatPostgresCannotStore(String text) {
    assertThat(reasonFor(text.getBytes(UTF_8))).isEqualTo(ReasonCode.FORBIDDEN_CHARACTER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\r\n"})
  void refusesWhatHoldsNothing(String text) {
    assertThat(reasonFor(text.getBytes(UTF_8))).isEqualTo(ReasonCode.EMPTY_VALUE);
  }

  @Test
  void refusesEveryEncodingButUtf8() {
    byte[] overlong = {
      '{', '"', 't', 'e', 'x', 't', '"', ':', '"', (byte) 0xC0, (byte) 0x80, '"', '}'
    };
    byte[] bom = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '{', '}'};

    assertThat(reasonFor("{\"text\":\"a\"}".getBytes(UTF_16)))
        .isEqualTo(ReasonCode.FORBIDDEN_CHARACTER);
    assertThat(reasonFor(overlong)).isEqualTo(ReasonCode.FORBIDDEN_CHARACTER);
    assertThat(reasonFor(bom)).isEqualTo(ReasonCode.MALFORMED);
  }

  @Test
  void refusesWhatIsTooDeepOrTooLong() {
    String deep = "{\"tree\":{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}}";
    String longNumber = "{\"number\":" + "9".repeat(200) + "}";
    String longName = "{\"" + "a".repeat(1_000) + "\":1}";

    assertThat(reasonFor(deep.getBytes(UTF_8))).isEqualTo(ReasonCode.LIMITS_EXCEEDED);
    assertThat(reasonFor(longNumber.getBytes(UTF_8))).isEqualTo(ReasonCode.LIMITS_EXCEEDED);
    assertThat(reasonFor(longName.getBytes(UTF_8))).isEqualTo(ReasonCode.LIMITS_EXCEEDED);
  }

  @Test
  void tellsTheNameOfAnUnknownFieldOnlyInThePointer() {
    assertThatExceptionOfType(RefusedJsonException.class)
        .isThrownBy(() -> StrictJson.read("{\"ada@example.com\":1}".getBytes(UTF_8), Sample.class))
        .satisfies(
            refused -> {
              assertThat(refused.detail()).isEqualTo("unknown field");
              assertThat(refused.toString()).doesNotContain("ada");
              assertThat(refused.violations().getFirst().pointer()).isEqualTo("/ada@example.com");
            });
  }

  @Test
  void neverRepeatsTheInput() {
    assertThatExceptionOfType(RefusedJsonException.class)
        .isThrownBy(() -> StrictJson.read("{\"number\":\"secret\"}".getBytes(UTF_8), Sample.class))
        .satisfies(refused -> assertThat(refused.toString()).doesNotContain("secret"));
  }

  private static ReasonCode reasonFor(byte[] text) {
    try {
      StrictJson.read(text, Sample.class);
      throw new AssertionError("not refused");
    } catch (RefusedJsonException refused) {
      return refused.reason();
    }
  }
}
