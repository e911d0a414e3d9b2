package io.taskfleet.secret;

import java.util.UUID;

/** The row of {@code webhook_signing_key} that a secret is sealed for. */
public record SigningKeyPlace(String tenant, UUID endpoint, UUID key) {

  @Override
  public String toString() {
    return "webhook_signing_key\n" + tenant + '\n' + endpoint + '\n' + key;
  }
}
