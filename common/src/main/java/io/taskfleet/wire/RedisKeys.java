package io.taskfleet.wire;

import java.util.UUID;

/** Names of Redis keys. Every one of them may vanish at any time without harm. */
public final class RedisKeys {
  private RedisKeys() {}

  /** The status of a task: one JSON string ({@code TaskStatus}), with a time to live. */
  public static String task(UUID id) {
    return "tf:task:" + id;
  }
}
