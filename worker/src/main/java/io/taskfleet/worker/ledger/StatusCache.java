package io.taskfleet.worker.ledger;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StatusJson;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Task states in Redis, for fast reads. Nothing waits for Redis and nothing depends on it: what it
 * does not take is left out. Thread-safe.
 */
public final class StatusCache implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusCache.class);

  /** Bodies above this are read from Postgres. */
  private static final int LARGEST = 64 << 10;

  private static final Duration RECONNECT = Duration.ofSeconds(1);
  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private final RedisClient redis;
  private final SetArgs expiry;
  private final Thread connector =
      Thread.ofVirtual().name("redis-connect").unstarted(this::connect);
  private volatile @Nullable StatefulRedisConnection<String, byte[]> connection;

  /**
   * A cache behind this client.
   *
   * @param timeToLive how long an untouched status is kept
   */
  public StatusCache(RedisClient redis, Duration timeToLive) {
    this.redis = redis;
    this.expiry = SetArgs.Builder.ex(timeToLive);
  }

  /**
   * What is put.
   *
   * @param json a {@link TaskStatus}
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
  record Cached(UUID id, byte[] json) {}

  /** Tells Redis that this task is running. */
  public void announce(TaskStatus running) {
    put(List.of(new Cached(running.id(), new StatusJson().write(running).whole())));
  }

  /** Has the states of these tasks read from Postgres until they are told anew. */
  public void forget(Collection<UUID> ids) {
    StatefulRedisConnection<String, byte[]> open = connection;
    if (open == null || ids.isEmpty()) {
      return;
    }
    try {
      synchronized (open) {
        var _ = open.async().del(ids.stream().map(RedisKeys::task).toArray(String[]::new));
        open.flushCommands();
      }
    } catch (RedisException e) {
      log.debug("Redis forgets no states: {}", e.toString());
    }
  }

  /** Tells Redis of these states, in one flush. */
  void put(List<Cached> states) {
    StatefulRedisConnection<String, byte[]> open = connection;
    if (open == null) {
      return;
    }
    try {
      synchronized (open) {
        for (Cached state : states) {
          put(open, state);
        }
        open.flushCommands();
      }
    } catch (RedisException e) {
      log.debug("Redis takes no states: {}", e.toString());
    }
  }

  private void put(StatefulRedisConnection<String, byte[]> open, Cached state) {
    String key = RedisKeys.task(state.id);
    if (state.json.length > LARGEST) {
      var _ = open.async().del(key);
    } else {
      var _ = open.async().set(key, state.json, expiry);
    }
  }

  /** Connects in the background, again and again until Redis is there. */
  public void start() {
    connector.start();
  }

  private void connect() {
    try {
      while (connection == null) {
        try {
          StatefulRedisConnection<String, byte[]> open = redis.connect(CODEC);
          open.setAutoFlushCommands(false);
          connection = open;
        } catch (RedisException e) {
          log.warn("Redis is away, states are read from Postgres: {}", e.toString());
          Thread.sleep(RECONNECT);
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    connector.interrupt();
    StatefulRedisConnection<String, byte[]> open = connection;
    if (open != null) {
      open.close();
    }
  }
}
