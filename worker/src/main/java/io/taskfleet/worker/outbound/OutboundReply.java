package io.taskfleet.worker.outbound;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the remote side answered.
 *
 * @param status the final status, whatever it is
 * @param retryAfter the wait it asks for
 * @param body its first 64 KiB, as they came
 * @param truncated whether there was more
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record OutboundReply(
    int status, @Nullable Duration retryAfter, byte[] body, boolean truncated) {

  /** Whether the status is 2xx. */
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }
}
