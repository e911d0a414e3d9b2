package io.taskfleet.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What callers prove themselves with, what webhooks are signed with, and what secrets are sealed
 * with.
 *
 * @param apiKey the first API key, {@code tf_} and 32 letters and digits
 * @param webhookSecret a Standard Webhooks secret, {@code whsec_} and 32 bytes in base64
 * @param sealKey 32 bytes in base64
 */
record Secrets(String apiKey, String webhookSecret, String sealKey) {
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int KEY_LENGTH = 32;
  private static final int SECRET_BYTES = 32;

  /** New ones. */
  static Secrets random() {
    SecureRandom random = new SecureRandom();
    return new Secrets(apiKey(random), "whsec_" + bytes(random), bytes(random));
  }

  /**
   * Those kept in the directory, or new ones that are kept there from now on.
   *
   * @param data null for secrets that are not kept
   */
  static Secrets in(@Nullable Path data) throws IOException {
    if (data == null) {
      return random();
    }
    Secrets fresh = random();
    return new Secrets(
        kept(data.resolve("api-key"), fresh.apiKey()),
        kept(data.resolve("webhook-secret"), fresh.webhookSecret()),
        kept(data.resolve("seal-key"), fresh.sealKey()));
  }

  private static String kept(Path file, String fresh) throws IOException {
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    PrivateFile.write(file, fresh + "\n");
    return fresh;
  }

  private static String apiKey(RandomGenerator random) {
    StringBuilder key = new StringBuilder("tf_");
    for (int i = 0; i < KEY_LENGTH; i++) {
      key.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return key.toString();
  }

  private static String bytes(RandomGenerator random) {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
