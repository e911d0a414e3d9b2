package io.taskfleet.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTextTest {

  @Test
  void makesKeysOfItsOwnSpelling() {
    SecureRandom random = new SecureRandom();

    assertThat(KeyText.random(random))
        .satisfies(key -> assertThat(KeyText.isKey(key)).isTrue())
        .isNotEqualTo(KeyText.random(random));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "tf_", "tf_short", "sk_0123456789012345678901", "tf_012345678901234567890!"})
  void knowsWhatIsNoKey(String text) {
    assertThat(KeyText.isKey(text)).isFalse();
  }
}
