package io.taskfleet.gateway.user;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.codec.StringCodec;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Has Redis say when a user that was read on a connection changes ({@code CLIENT TRACKING}), so
 * that another gateway's change is not seen only when the near cache forgets. A server or proxy
 * that cannot do it leaves it at that.
 */
final class UserTracking {
  private static final String INVALIDATE = "invalidate";

  private final UserCache cache;
  private final SharedCache shared;
  private final PushListener listener = this::hear;

  UserTracking(UserCache cache, SharedCache shared) {
    this.cache = cache;
    this.shared = shared;
  }

  /**
   * Begins on a new connection.
   *
   * @throws Exception if the connection is lost, or slow; a server that refuses is none
   */
  void begin(StatefulRedisConnection<String, byte[]> connection) throws Exception {
    connection.removeListener(listener);
    connection.addListener(listener);
    try {
      connection
          .async()
          .clientTracking(TrackingArgs.Builder.enabled())
          .get(connection.getTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof RedisCommandExecutionException)) {
        throw e;
      }
    }
    // Whatever changed while nobody was listening.
    cache.forgetAll();
    shared.retell();
  }

  // On a thread of the library's, which everything else on the connection waits for.
  private void hear(PushMessage message) {
    if (!message.getType().equals(INVALIDATE)) {
      return;
    }
    // The type, and a list of keys; or nothing instead of it, when the whole database was flushed.
    List<Object> content = message.getContent(StringCodec.ASCII::decodeKey);
    if (content.size() > 1 && content.get(1) instanceof List<?> keys) {
      keys.forEach(key -> cache.forget(String.valueOf(key)));
    } else {
      cache.forgetAll();
    }
  }
}
