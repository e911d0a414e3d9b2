package io.taskfleet.task;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash that tells payloads, requests and keys apart. */
public final class Sha256 {
  private Sha256() {}

  /** The hash of these parts, one after another. */
  public static byte[] of(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
