package io.taskfleet.wire;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaEncryptionTest {

  @ParameterizedTest
  @ValueSource(strings = {"PLAINTEXT", "SASL_PLAINTEXT", ""})
  void refusesToTalkInTheClear(String protocol) {
    assertThatThrownBy(() -> KafkaEncryption.require(Map.of("security.protocol", protocol)))
        .hasMessageContaining("spring.kafka.security.protocol");
  }

  @Test
  void refusesWhatIsInTheClearBecauseNobodySaidOtherwise() {
    assertThatThrownBy(() -> KafkaEncryption.require(Map.of()))
        .hasMessageContaining("spring.kafka.security.protocol");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSL", "SASL_SSL"})
  void takesWhatIsEncrypted(String protocol) {
    assertThatCode(() -> KafkaEncryption.require(Map.of("security.protocol", protocol)))
        .doesNotThrowAnyException();
  }
}
