package io.taskfleet.worker.failure;

import java.util.Locale;

/**
 * What kind of thing went wrong that may go better next time. A retry policy may tell them apart.
 */
public enum ErrorClass {
  /** No answer, or not all of it, in time. */
  TIMEOUT,
  /** Refused, reset or broken off. */
  CONNECTION,
  /** The host's name leads nowhere. */
  DNS,
  /** No trust, or no common protocol. */
  TLS,
  /** The remote side answered that it is in trouble. */
  SERVER_ERROR,
  /** The remote side wants this one task later, as greylisting does. */
  THROTTLED,
  /** Anything else, our own mistakes included. */
  OTHER;

  /** The name used in metrics, in Postgres and in headers. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
