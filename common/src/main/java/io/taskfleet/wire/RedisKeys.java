package io.taskfleet.wire;

import io.taskfleet.task.TaskIds;
import java.util.Optional;
import java.util.UUID;

/** Names of Redis keys. Every one of them may vanish at any time without harm. */
public final class RedisKeys {
  /** The ids of workers, scored by when they were last heard of, in milliseconds; an index only. */
  public static final String WORKERS = "tf:workers";

  /** Which server process remembers leases, and since when. Gone when it has forgotten them. */
  public static final String CAPS_MEMORY = "tf:caps:memory";

  /** The channel on which workers tell each other which circuit breakers opened and closed. */
  public static final String BREAKERS = "tf:breakers";

  /** The channel on which workers tell of notifications in inboxes ({@link InboxArrival}). */
  public static final String INBOXES = "tf:inboxes";

  private static final String TASK = "tf:task:";

  private RedisKeys() {}

  /** The status of a task: one JSON string ({@code TaskStatus}), with a time to live. */
  public static String task(UUID id) {
    return TASK + id;
  }

  /** The task whose status has this key, if it is such a key. */
  public static Optional<UUID> taskOf(String key) {
    return key.startsWith(TASK) ? TaskIds.parse(key.substring(TASK.length())) : Optional.empty();
  }

  /**
   * What is known of the request with an idempotency key: one JSON string, with a time to live.
   *
   * @param name the id that tenant and key stand for
   */
  public static String idempotency(UUID name) {
    return "tf:idempotency:" + name;
  }

  /** What a worker says of itself: one JSON string, with a time to live. */
  public static String worker(String id) {
    return "tf:worker:" + id;
  }

  /**
   * The leases of one cap: a hash, by worker.
   *
   * @param scope as in {@code queue_control}
   */
  public static String cap(String type, String scope) {
    return "tf:cap:" + type + ':' + scope;
  }

  /** A circuit breaker that is open: JSON, with a time to live until it is to be probed. */
  public static String breaker(String dependency) {
    return "tf:breaker:" + dependency;
  }

  /**
   * The last good reply to an HTTP call: JSON, with a time to live.
   *
   * @param name what tells the call from others
   */
  public static String reply(String name) {
    return "tf:reply:" + name;
  }

  /**
   * What is left of a rate limit: Bucket4j's own format, with a time to live.
   *
   * @param subject whose limit it is, and how high
   */
  public static String rateLimit(String subject) {
    return "tf:rate:" + subject;
  }
}
