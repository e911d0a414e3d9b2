package io.taskfleet.client;

import java.time.Instant;

/** What stands for one of your users, for a while. It is a secret. */
public record Token(String token, String tokenType, Instant expiresAt) {
  @Override
  public String toString() {
    return "Token[expiresAt=" + expiresAt + "]";
  }
}
