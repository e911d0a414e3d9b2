package io.taskfleet.worker.failure;

import java.net.UnknownHostException;

/** The address behind a URL is one this fleet must not call. */
public final class BlockedDestinationException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  /** An address that is not public, for this host. */
  public BlockedDestinationException() {
    super("the destination is not a public address");
  }
}
