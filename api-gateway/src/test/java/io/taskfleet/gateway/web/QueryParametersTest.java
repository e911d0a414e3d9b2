package io.taskfleet.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryParametersTest {
  private static final String NAME = "a";

  @Test
  void readsWhatIsThere() {
    assertThat(query("a b").text(NAME)).contains("a b");
    assertThat(query("-7").number(NAME, -7, 7)).contains(-7);
    assertThat(query("2026-11-22T01:00:00+01:00").time(NAME))
        .contains(Instant.parse("2026-11-22T00:00:00Z"));
    assertThat(query("90s").duration(NAME)).contains(Duration.ofSeconds(90));
    assertThat(query("PT1M").duration(NAME)).contains(Duration.ofMinutes(1));
    assertThat(query("true").flag(NAME)).isTrue();
    assertThat(query("false").flag(NAME)).isFalse();
    assertThat(query("two").oneOf(NAME, List.of(1, 2), n -> n == 1 ? "one" : "two")).contains(2);
  }

  @Test
  void readsNothingWhereNothingIs() {
    QueryParameters none = new QueryParameters(Map.of(), Set.of(NAME));

    assertThat(none.has(NAME)).isFalse();
    assertThat(none.text(NAME)).isEmpty();
    assertThat(none.number(NAME, 1, 2)).isEmpty();
    assertThat(none.time(NAME)).isEmpty();
    assertThat(none.duration(NAME)).isEmpty();
    assertThat(none.flag(NAME)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "x", "1.5", "1e3", "0x1", "+1", " 1", "--1", "٥", "1_0"})
  void aNumberThatIsNoneIsMalformed(String text) {
    assertMalformed(() -> query(text).number(NAME, 1, 200));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "201", "2147483648", "99999999999999999999999999"})
  void aNumberOutOfBoundsIsRefused(String text) {
    assertRefused(() -> query(text).number(NAME, 1, 200));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "1767225600"})
  void aTimeThatIsNoneIsMalformed(String text) {
    assertMalformed(() -> query(text).time(NAME));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z"})
  void aTimeThatNobodyMeansIsRefused(String text) {
    assertRefused(() -> query(text).time(NAME));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "5", "1w", "PT"})
  void aDurationThatIsNoneIsMalformed(String text) {
    assertMalformed(() -> query(text).duration(NAME));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "yes", "TRUE", "true "})
  void aFlagIsTrueOrFalse(String text) {
    ProblemException problem = assertMalformed(() -> query(text).flag(NAME));

    assertThat(problem.detail()).isEqualTo("must be one of true, false");
  }

  @Test
  void aTextHasBounds() {
    assertThat(query("x".repeat(255)).text(NAME)).isPresent();
    assertRefused(() -> query("x".repeat(256)).text(NAME));
    assertRefused(() -> query("").text(NAME));
    assertRefused(() -> new QueryParameters(Map.of(), Set.of(NAME)).requiredText(NAME));
  }

  @Test
  void aParameterThatNobodyKnowsIsRefused() {
    assertRefused(() -> new QueryParameters(Map.of(NAME, new String[] {"1"}), Set.of("b")));
  }

  @Test
  void aParameterThatIsGivenTwiceIsMalformed() {
    assertMalformed(() -> new QueryParameters(Map.of(NAME, new String[] {"1", "1"}), Set.of(NAME)));
  }

  @ParameterizedTest
  @CsvSource({"0", "31", "127", "55296"})
  void aForbiddenCharacterIsMalformed(int character) {
    ProblemException problem = thrown(() -> query("x" + (char) character));

    assertThat(problem.type()).isEqualTo(ProblemType.MALFORMED);
    assertThat(problem.errors())
        .extracting(Violation::pointer, Violation::code)
        .containsExactly(tuple("/a", ReasonCode.FORBIDDEN_CHARACTER));
  }

  private static QueryParameters query(String value) {
    return new QueryParameters(Map.of(NAME, new String[] {value}), Set.of(NAME));
  }

  private static ProblemException assertMalformed(Runnable reading) {
    return assertProblem(reading, ProblemType.MALFORMED, ReasonCode.MALFORMED);
  }

  private static void assertRefused(Runnable reading) {
    assertProblem(reading, ProblemType.REFUSED, ReasonCode.VALIDATION_FAILED);
  }

  private static ProblemException assertProblem(
      Runnable reading, ProblemType type, ReasonCode code) {
    ProblemException problem = thrown(reading);
    assertThat(problem.type()).isEqualTo(type);
    assertThat(problem.errors()).containsExactly(new Violation("/a", code, problem.detail()));
    return problem;
  }

  private static ProblemException thrown(Runnable reading) {
    return catchThrowableOfType(ProblemException.class, reading::run);
  }
}
