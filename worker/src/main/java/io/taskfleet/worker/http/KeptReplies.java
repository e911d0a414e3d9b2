package io.taskfleet.worker.http;

import java.time.Duration;
import java.util.Optional;

/**
 * Replies that are kept for a while, and may be forgotten at any time. Neither method waits long.
 */
public interface KeptReplies {
  /** Keeps this under the name, in place of what was there, if that can be done. */
  void keep(String name, byte[] reply, Duration timeToLive);

  /** What is kept under the name, if it is remembered. */
  Optional<byte[]> find(String name);
}
