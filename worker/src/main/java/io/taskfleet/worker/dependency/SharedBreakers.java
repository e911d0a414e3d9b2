package io.taskfleet.worker.dependency;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.round.Round;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other workers through Redis which breakers opened and closed here, and hears from them.
 * Nothing waits for Redis and nothing depends on it: without it each worker finds out by itself.
 * Thread-safe.
 *
 * <p>A key per open breaker, which ends when the breaker is to be probed, is for those who were not
 * there when the channel told it: they read the keys of the dependencies they know whenever a
 * connection comes back, and that of a dependency when they meet it. Clocks are never compared:
 * what travels is the time that remains.
 */
public final class SharedBreakers implements BreakerNews, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SharedBreakers.class);
  private static final Duration RECONNECT = Duration.ofSeconds(1);
  private static final int KEYS_AT_ONCE = 500;

  private final RedisClient redis;
  private final Dependencies dependencies;
  private final String from;
  private final Round connecting = new Round("breakers-connect", RECONNECT, this::attach);

  // Both written by the connecting thread.
  private volatile @Nullable StatefulRedisConnection<String, String> connection;
  private volatile @Nullable StatefulRedisPubSubConnection<String, String> subscription;

  /**
   * The value of a key and what the channel carries.
   *
   * @param from the worker that found it out
   * @param remainingMillis until it will be probed; 0 if it is closed
   */
  private record Message(String name, String from, long remainingMillis) {}

  /**
   * Connected to nothing yet.
   *
   * @param worker this worker's name
   */
  public SharedBreakers(RedisClient redis, Dependencies dependencies, String worker) {
    this.redis = redis;
    this.dependencies = dependencies;
    this.from = worker + '/' + UUID.randomUUID();
  }

  /** Connects in the background, again and again until Redis is there. */
  public void start() {
    dependencies.announceTo(this);
    connecting.start();
  }

  /** Whether others have been heard of at least once. */
  boolean isListening() {
    return subscription != null;
  }

  @Override
  public void opened(String name, Duration openFor) {
    String message = json(new Message(name, from, openFor.toMillis()));
    SetArgs untilProbed = SetArgs.Builder.px(openFor);
    tell(
        commands -> {
          var _ = commands.set(RedisKeys.breaker(name), message, untilProbed);
          var _ = commands.publish(RedisKeys.BREAKERS, message);
        });
  }

  @Override
  public void closed(String name) {
    String message = json(new Message(name, from, 0));
    tell(
        commands -> {
          var _ = commands.del(RedisKeys.breaker(name));
          var _ = commands.publish(RedisKeys.BREAKERS, message);
        });
  }

  @Override
  public void appeared(String name) {
    ask(List.of(name));
  }

  @Override
  public void close() {
    dependencies.announceTo(UNHEARD);
    connecting.stop();
    StatefulRedisPubSubConnection<String, String> hearing = subscription;
    if (hearing != null) {
      hearing.close();
    }
    StatefulRedisConnection<String, String> open = connection;
    if (open != null) {
      open.close();
    }
  }

  private @Nullable Duration attach() {
    if (connection == null) {
      StatefulRedisConnection<String, String> open = redis.connect();
      open.addListener(new Reconnected());
      connection = open;
    }
    StatefulRedisPubSubConnection<String, String> hearing = redis.connectPubSub();
    try {
      hearing.addListener(new Channel());
      hearing.sync().subscribe(RedisKeys.BREAKERS);
      subscription = hearing;
      return null;
    } catch (RedisException e) {
      hearing.close();
      throw e;
    }
  }

  private void askAll() {
    List<String> names = dependencies.names();
    for (int i = 0; i < names.size(); i += KEYS_AT_ONCE) {
      ask(names.subList(i, Math.min(names.size(), i + KEYS_AT_ONCE)));
    }
  }

  private void ask(List<String> names) {
    String[] keys = names.stream().map(RedisKeys::breaker).toArray(String[]::new);
    tell(
        commands -> {
          var _ = commands.mget(keys).thenAccept(values -> values.forEach(this::found));
        });
  }

  private void found(KeyValue<String, String> key) {
    Message message = key.hasValue() ? read(key.getValue()) : null;
    if (message != null && !message.from().equals(from)) {
      tell(
          commands -> {
            var _ =
                commands
                    .pttl(key.getKey())
                    .thenAccept(
                        millis ->
                            dependencies.heardOpened(message.name(), Duration.ofMillis(millis)));
          });
    }
  }

  private void heard(String json) {
    Message message = read(json);
    if (message == null || message.from().equals(from)) {
      return;
    }
    if (message.remainingMillis() > 0) {
      dependencies.heardOpened(message.name(), Duration.ofMillis(message.remainingMillis()));
    } else {
      dependencies.heardClosed(message.name());
    }
  }

  private void tell(Consumer<RedisAsyncCommands<String, String>> commands) {
    StatefulRedisConnection<String, String> open = connection;
    if (open == null) {
      return;
    }
    try {
      commands.accept(open.async());
    } catch (RedisException e) {
      log.debug("Redis takes no news of breakers: {}", e.toString());
    }
  }

  private static String json(Message message) {
    return StrictJson.mapper().writeValueAsString(message);
  }

  /** Null for what a worker of another version may have meant. */
  private static @Nullable Message read(String json) {
    try {
      return StrictJson.read(json.getBytes(UTF_8), Message.class);
    } catch (RefusedJsonException e) {
      log.debug("no news of a breaker: {}", e.detail());
      return null;
    }
  }

  /** What was published while nobody listened is in the keys. */
  private final class Channel extends RedisPubSubAdapter<String, String> {
    @Override
    public void subscribed(String channel, long count) {
      askAll();
    }

    @Override
    public void message(String channel, String message) {
      heard(message);
    }
  }

  /** The subscription may have come back first, when nothing could be asked yet. */
  private final class Reconnected implements RedisConnectionStateListener {
    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> connected, SocketAddress address) {
      askAll();
    }
  }
}
