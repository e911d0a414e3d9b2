package io.taskfleet.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagsTest {

  @Test
  void keepsTheOrderAndEachTagOnce() {
    assertThat(Tags.of(List.of("b", "a", "b")).list()).containsExactly("b", "a");
  }

  @Test
  void readsWhatItWrote() {
    Tags tags = Tags.of(List.of("invoice:7", "a@b.c", "x=1+1"));

    assertThat(Tags.parse(tags.text())).isEqualTo(tags);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "a,", "a,,b", " a", "-a", "a b", "ü", "a\u0000", "a;b"})
  void refusesWhatIsNoTag(String text) {
    assertThatThrownBy(() -> Tags.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesTooManyAndTooLong() {
    assertThatThrownBy(() -> Tags.of(Collections.nCopies(17, "a"))).hasMessageContaining("1 to 16");
    assertThatThrownBy(() -> Tags.of(List.of("a".repeat(65))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
