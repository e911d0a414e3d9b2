package io.taskfleet.secret;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The keys that secrets are sealed with. Thread-safe. */
public final class SealKeys {
  /** The property that holds them. */
  public static final String PROPERTY = "taskfleet.secrets.keys";

  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final byte[] SAMPLE = "development-only".getBytes(StandardCharsets.US_ASCII);

  private final Map<String, SecretKey> byId;
  private final @Nullable String sealWith;
  private final SecureRandom random = new SecureRandom();

  /**
   * These keys, or none.
   *
   * @param base64ById 32 bytes in Base64 each; all of them open
   * @param sealWith the id of the one that seals; needed if there are several
   */
  public SealKeys(Map<String, String> base64ById, @Nullable String sealWith) {
    if (sealWith != null ? !base64ById.containsKey(sealWith) : base64ById.size() > 1) {
      throw new IllegalArgumentException("taskfleet.secrets.seal-with must be one of " + PROPERTY);
    }
    Map<String, SecretKey> keys = new HashMap<>();
    base64ById.forEach((id, base64) -> keys.put(id, key(id, base64)));
    this.byId = Map.copyOf(keys);
    this.sealWith = sealWith != null || keys.isEmpty() ? sealWith : keys.keySet().iterator().next();
  }

  private static SecretKey key(String id, String base64) {
    byte[] bytes = bytes(base64);
    if (!ID.matcher(id).matches() || bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          PROPERTY + " must be 32 bytes in Base64, each under an id of letters, digits, - and _");
    }
    return new SecretKeySpec(bytes, "AES");
  }

  // What is no Base64 is shorter than any key.
  private static byte[] bytes(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException malformed) {
      return new byte[0];
    }
  }

  /** Refuses to go on without a key, or with the one that everybody can read in the examples. */
  public void requireFitForProduction() {
    if (byId.isEmpty()) {
      throw new IllegalArgumentException(
          PROPERTY + " must be set under the profile production: 32 random bytes in Base64");
    }
    for (SecretKey key : byId.values()) {
      if (Arrays.equals(key.getEncoded(), 0, SAMPLE.length, SAMPLE, 0, SAMPLE.length)) {
        throw new IllegalArgumentException(PROPERTY + " holds the sample key");
      }
    }
  }

  /** Whether anything can be sealed. */
  public boolean canSeal() {
    return sealWith != null;
  }

  /**
   * Seals a secret.
   *
   * @param place where it is kept; it opens nowhere else
   * @throws NullPointerException if there is no key
   */
  public Sealed seal(String secret, String place) {
    String id = Objects.requireNonNull(sealWith, PROPERTY + " is not set");
    SecretKey key = Objects.requireNonNull(byId.get(id));
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, place);
      byte[] text = cipher.doFinal(secret.getBytes(StandardCharsets.UTF_8));
      byte[] bytes = Arrays.copyOf(nonce, NONCE_BYTES + text.length);
      System.arraycopy(text, 0, bytes, NONCE_BYTES, text.length);
      return new Sealed(id, bytes);
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  /**
   * The secret.
   *
   * @param place where it is kept
   * @throws GeneralSecurityException if the key is not there, or this was sealed for another place,
   *     or changed since
   */
  public String open(Sealed sealed, String place) throws GeneralSecurityException {
    SecretKey key = byId.get(sealed.keyId());
    if (key == null) {
      throw new InvalidKeyException("no key " + sealed.keyId() + " in " + PROPERTY);
    }
    byte[] bytes = sealed.bytes();
    if (bytes.length < NONCE_BYTES) {
      throw new GeneralSecurityException("cut off");
    }
    Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(bytes, NONCE_BYTES), place);
    return new String(
        cipher.doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES), StandardCharsets.UTF_8);
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String place)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  @Override
  public String toString() {
    return "SealKeys[" + byId.keySet() + "]";
  }
}
