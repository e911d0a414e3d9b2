package io.taskfleet.standalone.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class PlaceholdersTest {
  private final Placeholders names = new Placeholders();

  @Test
  void aNameStandsForWhatItMetFirst() {
    match(
        "{\"id\":\"{id}\",\"links\":{\"self\":\"/v1/tasks/{id}\"}}",
        "{\"id\":\"7\",\"links\":{\"self\":\"/v1/tasks/7\",\"x\":1}}");

    assertThat(names.fill("GET /v1/tasks/{id}")).isEqualTo("GET /v1/tasks/7");
    assertThatThrownBy(() -> match("\"{id}\"", "\"8\"")).isInstanceOf(AssertionError.class);
  }

  @Test
  void anAsteriskStandsForAnythingThatIsThere() {
    match("{\"a\":\"{*}\",\"b\":\"{*}\"}", "{\"a\":1,\"b\":{}}");

    assertThatThrownBy(() -> match("{\"a\":\"{*}\"}", "{}")).isInstanceOf(AssertionError.class);
  }

  @Test
  void aRequestWithANameNobodyKnowsIsAMistake() {
    assertThatThrownBy(() -> names.fill("GET /{id}")).isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "1|2",
        "[1]|[1,2]",
        "{'a':1}|{'b':1}",
        "'x'|'y'",
        "null|1",
        "{'a':null}|{}",
        "true|'a'"
      })
  void whatDiffersIsFound(String expected, String actual) {
    assertThatThrownBy(() -> match(expected.replace('\'', '"'), actual.replace('\'', '"')))
        .isInstanceOf(AssertionError.class);
  }

  private void match(String expected, String actual) {
    JsonMapper json = JsonMapper.shared();
    names.match(json.readTree(expected), json.readTree(actual), "");
  }
}
