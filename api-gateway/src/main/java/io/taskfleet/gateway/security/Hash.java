package io.taskfleet.gateway.security;

import java.nio.ByteBuffer;

/** A SHA-256 that compares by value. */
record Hash(long first, long second, long third, long fourth) {

  static Hash of(String key) {
    ByteBuffer bytes = ByteBuffer.wrap(KeyText.hash(key));
    return new Hash(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(4 * Long.BYTES)
        .putLong(first)
        .putLong(second)
        .putLong(third)
        .putLong(fourth)
        .array();
  }
}
