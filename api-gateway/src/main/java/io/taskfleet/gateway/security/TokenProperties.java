package io.taskfleet.gateway.security;

import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How tokens are signed.
 *
 * @param keys secrets by key id: at least 32 random bytes in Base64. All of them are accepted, so
 *     that a new one can be made known to all gateways before the first signs with it
 * @param signWith the id of the key that signs; needed if there are several
 * @param issuer who tokens say they come from; a gateway accepts none of another's
 */
@ConfigurationProperties("taskfleet.security.token")
record TokenProperties(
    @DefaultValue Map<String, String> keys,
    @Nullable String signWith,
    @DefaultValue("taskfleet") String issuer) {
  private static final int SHORTEST_BYTES = 32;
  private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  TokenProperties {
    keys = Map.copyOf(keys);
    keys.forEach(TokenProperties::check);
    if (signWith != null ? !keys.containsKey(signWith) : keys.size() > 1) {
      throw new IllegalArgumentException(
          "taskfleet.security.token.sign-with must be one of taskfleet.security.token.keys");
    }
  }

  private static void check(String id, String secret) {
    if (!KEY_ID.matcher(id).matches() || bytes(secret).length < SHORTEST_BYTES) {
      throw new IllegalArgumentException(
          "taskfleet.security.token.keys must be 32 bytes or more in Base64, each under an id of"
              + " letters, digits, - and _");
    }
  }

  // What is no Base64 is shorter than any key.
  static byte[] bytes(String secret) {
    try {
      return Base64.getDecoder().decode(secret);
    } catch (IllegalArgumentException malformed) {
      return new byte[0];
    }
  }

  @Override
  public String toString() {
    return "TokenProperties[keys=" + keys.keySet() + ", signWith=" + signWith + "]";
  }
}
