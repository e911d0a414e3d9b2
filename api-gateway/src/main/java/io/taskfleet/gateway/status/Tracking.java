package io.taskfleet.gateway.status;

import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.codec.StringCodec;
import io.taskfleet.wire.RedisKeys;
import java.util.List;

/**
 * Has Redis say when a status that was read on a connection changes: server-assisted client-side
 * caching, {@code CLIENT TRACKING}, since Redis 6. It is said once for each read; who wants to hear
 * more reads again. A server or proxy that cannot do it is asked regularly instead.
 */
final class Tracking {
  private static final String INVALIDATE = "invalidate";

  private final EndWatcher watcher;

  Tracking(EndWatcher watcher) {
    this.watcher = watcher;
  }

  /** Begins on a new connection. */
  void begin(StatefulRedisConnection<String, byte[]> connection) {
    connection.addListener(this::hear);
    var _ =
        connection
            .async()
            .clientTracking(TrackingArgs.Builder.enabled())
            .whenComplete((done, refused) -> watcher.isTold(refused == null));
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
