package io.taskfleet.gateway.security;

import io.taskfleet.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/** How a key is spelled: {@code tf_} and at least 128 bits in base64url. */
final class KeyText {
  private static final String PREFIX = "tf_";
  private static final Pattern SYNTAX = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{22,128}");
  private static final int RANDOM_BYTES = 32;

  private KeyText() {}

  static boolean isKey(String text) {
    return SYNTAX.matcher(text).matches();
  }

  static String random(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static byte[] hash(String key) {
    return Sha256.of(key.getBytes(StandardCharsets.US_ASCII));
  }
}
