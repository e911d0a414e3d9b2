package io.taskfleet.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealKeysTest {
  private static final String ONE = base64("0123456789abcdef0123456789abcdef");
  private static final String OTHER = base64("fedcba9876543210fedcba9876543210");

  private final SealKeys keys = new SealKeys(Map.of("one", ONE), null);

  @Test
  void opensWhatItSealedAndSealsNothingTwiceAlike() throws Exception {
    Sealed sealed = keys.seal("whsec_grün", "here");

    assertThat(keys.open(sealed, "here")).isEqualTo("whsec_grün");
    assertThat(sealed.keyId()).isEqualTo("one");
    assertThat(new String(sealed.bytes(), US_ASCII)).doesNotContain("whsec");
    assertThat(keys.seal("whsec_grün", "here").bytes()).isNotEqualTo(sealed.bytes());
  }

  @Test
  void opensWhatAnEarlierKeySealed() throws Exception {
    Sealed old = keys.seal("secret", "here");

    SealKeys both = new SealKeys(Map.of("one", ONE, "two", OTHER), "two");

    assertThat(both.open(old, "here")).isEqualTo("secret");
    assertThat(both.seal("secret", "here").keyId()).isEqualTo("two");
  }

  @Test
  void opensNothingElsewhereNorWithAnotherKeyNorWhenAnyBitHasChanged() {
    Sealed sealed = keys.seal("secret", "here");

    assertThatThrownBy(() -> keys.open(sealed, "there"))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> new SealKeys(Map.of("one", OTHER), null).open(sealed, "here"))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> new SealKeys(Map.of("two", ONE), null).open(sealed, "here"))
        .hasMessageContaining("one");
    for (int bit = 0; bit < sealed.bytes().length * 8; bit++) {
      byte[] changed = sealed.bytes().clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> keys.open(new Sealed("one", changed), "here"))
          .as(HexFormat.of().formatHex(changed))
          .isInstanceOf(GeneralSecurityException.class);
    }
    assertThatThrownBy(() -> keys.open(new Sealed("one", new byte[3]), "here"))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @ParameterizedTest
  @CsvSource({"one, c2hvcnQ=, ", "one, no base64, ", "'a b', , ", "one, , two"})
  void takesNoKeyThatIsNone(String id, @Nullable String key, @Nullable String sealWith) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SealKeys(Map.of(id, key == null ? ONE : key), sealWith))
        .withMessageContaining("taskfleet.secrets.");
  }

  @Test
  void mustBeToldWhichOfSeveralSeals() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SealKeys(Map.of("one", ONE, "two", OTHER), null))
        .withMessageContaining("taskfleet.secrets.seal-with");
  }

  @Test
  void productionNeedsAKeyAndNotTheSample() {
    SealKeys none = new SealKeys(Map.of(), null);
    SealKeys sample = new SealKeys(Map.of("one", base64("development-only-not-a-secret-32")), null);

    keys.requireFitForProduction();
    assertThat(none.canSeal()).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(none::requireFitForProduction)
        .withMessageContaining("taskfleet.secrets.keys");
    assertThatIllegalArgumentException()
        .isThrownBy(sample::requireFitForProduction)
        .withMessageContaining("sample");
  }

  @Test
  void tellsNoKeyToWhoeverPrintsIt() {
    assertThat(keys).hasToString("SealKeys[[one]]");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(US_ASCII));
  }
}
