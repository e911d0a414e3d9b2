package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByNameTest {
  private final ByName<String> settings =
      new ByName<>(
          Map.of(
              "smtp", "mail",
              "webhook:*", "hook",
              "webhook:example.org:*", "example",
              "webhook:example.org:443", "secure"));

  @ParameterizedTest
  @CsvSource({
    "smtp, mail",
    "smtp2,",
    "webhook:a:1, hook",
    "webhook:, hook",
    "webhook:example.org:80, example",
    "webhook:example.org:443, secure",
    "other,"
  })
  void prefersTheNameAndThenTheLongestBeginning(String name, @Nullable String expected) {
    assertThat(settings.of(name)).isEqualTo(expected);
  }
}
