package io.taskfleet.gateway.redis;

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
 * Has Redis say when a value that was read on a connection changes: server-assisted client-side
 * caching, {@code CLIENT TRACKING}, since Redis 6. It is said once for each read; who wants to hear
 * more reads again.
 */
public final class Tracking implements RedisConnection.Greeting {
  private static final String INVALIDATE = "invalidate";

  private final Listener listener;
  private final PushListener pushes = this::hear;

  /** Tells this one, on a thread of the library's which the whole connection waits for. */
  public Tracking(Listener listener) {
    this.listener = listener;
  }

  /** Who hears of changes. */
  public interface Listener {
    /**
     * A new connection: whatever was read before is not vouched for.
     *
     * @param told whether Redis tells of changes; some servers and proxies cannot
     */
    void begins(boolean told);

    /** What was read under this key may not be true any more. */
    void changed(String key);

    /** Nothing that was read may be true any more. */
    void allChanged();
  }

  @Override
  public void say(StatefulRedisConnection<String, byte[]> connection) throws Exception {
    connection.removeListener(pushes);
    connection.addListener(pushes);
    boolean told = false;
    try {
      connection
          .async()
          .clientTracking(TrackingArgs.Builder.enabled())
          .get(connection.getTimeout().toMillis(), TimeUnit.MILLISECONDS);
      told = true;
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof RedisCommandExecutionException)) {
        throw e;
      }
    } finally {
      listener.begins(told);
    }
  }

  private void hear(PushMessage message) {
    if (!message.getType().equals(INVALIDATE)) {
      return;
    }
    // The type, and a list of keys; or nothing instead of it, when the whole database was flushed.
    List<Object> content = message.getContent(StringCodec.ASCII::decodeKey);
    if (content.size() > 1 && content.get(1) instanceof List<?> keys) {
      keys.forEach(key -> listener.changed(String.valueOf(key)));
    } else {
      listener.allChanged();
    }
  }
}
