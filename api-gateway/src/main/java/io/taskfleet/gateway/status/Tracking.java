package io.taskfleet.gateway.status;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.codec.StringCodec;
import io.taskfleet.wire.RedisKeys;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * Has Redis say when a status that was read on a connection changes: server-assisted client-side
 * caching, {@code CLIENT TRACKING}, since Redis 6. It is said once for each read; who wants to hear
 * more reads again. A server or proxy that cannot do it is asked regularly instead.
 */
final class Tracking {
  private static final String INVALIDATE = "invalidate";

  private final EndWatcher watcher;
  private final PushListener listener = this::hear;

  Tracking(EndWatcher watcher) {
    this.watcher = watcher;
  }

  /**
   * Begins on a new connection.
   *
   * @throws ExecutionException if the connection is lost, or slow; a server that refuses is none
   */
  void begin(StatefulRedisConnection<String, byte[]> connection)
      throws ExecutionException, InterruptedException {
    connection.removeListener(listener);
    connection.addListener(listener);
    try {
      connection.async().clientTracking(TrackingArgs.Builder.enabled()).get();
      watcher.isTold(true);
    } catch (ExecutionException e) {
      watcher.isTold(false);
      if (!(e.getCause() instanceof RedisCommandExecutionException)) {
        throw e;
      }
    }
  }

  private void hear(PushMessage message) {
    if (!message.getType().equals(INVALIDATE)) {
      return;
    }
    // The type, and a list of keys; or nothing instead of it, when the whole database was flushed.
    List<Object> content = message.getContent(StringCodec.ASCII::decodeKey);
    if (content.size() > 1 && content.get(1) instanceof List<?> keys) {
      keys.forEach(key -> RedisKeys.taskOf(String.valueOf(key)).ifPresent(watcher::changed));
    } else {
      watcher.allChanged();
    }
  }
}
