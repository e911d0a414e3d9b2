package io.taskfleet.gateway.security;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import java.security.Key;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secrets that tokens are signed with.
 *
 * @param signWith the id of the one that signs; the others are still accepted
 */
record TokenKeys(Map<String, SecretKey> byId, String signWith) {
  static final JWSAlgorithm ALGORITHM = JWSAlgorithm.HS256;

  private static final String OF_THIS_PROCESS = "process";
  private static final int RANDOM_BYTES = 32;

  static TokenKeys configured(TokenProperties properties) {
    Map<String, SecretKey> keys = new HashMap<>();
    properties.keys().forEach((id, secret) -> keys.put(id, key(TokenProperties.bytes(secret))));
    String only = properties.keys().keySet().iterator().next();
    String signWith = properties.signWith();
    return new TokenKeys(Map.copyOf(keys), signWith == null ? only : signWith);
  }

  /** A key that nobody else knows, other gateways and this one after a restart included. */
  static TokenKeys random(SecureRandom random) {
    byte[] secret = new byte[RANDOM_BYTES];
    random.nextBytes(secret);
    return new TokenKeys(Map.of(OF_THIS_PROCESS, key(secret)), OF_THIS_PROCESS);
  }

  private static SecretKey key(byte[] secret) {
    return new SecretKeySpec(secret, "HmacSHA256");
  }

  SecretKey signing() {
    SecretKey key = byId.get(signWith);
    if (key == null) {
      throw new IllegalStateException("there is no key " + signWith);
    }
    return key;
  }

  /** The key that a token names, if it names one of ours, and our algorithm. */
  List<Key> named(JWSHeader header) {
    Key key = header.getKeyID() == null ? null : byId.get(header.getKeyID());
    return key != null && ALGORITHM.equals(header.getAlgorithm()) ? List.of(key) : List.of();
  }

  @Override
  public String toString() {
    return "TokenKeys[" + byId.keySet() + "]";
  }
}
