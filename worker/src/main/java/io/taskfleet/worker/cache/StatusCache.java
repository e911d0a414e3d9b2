package io.taskfleet.worker.cache;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StatusJson;
import io.taskfleet.worker.round.Round;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Task states in Redis, for fast reads. Nothing waits for Redis and nothing depends on it: what it
 * does not take is left out. Needs Redis 3.2 or one that knows {@code CLIENT REPLY}. Thread-safe.
 */
public final class StatusCache implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusCache.class);

  /** Bodies above this are read from Postgres. */
  private static final int LARGEST = 64 << 10;

  /** Bytes not answered yet beyond which states are left out. */
  private static final int MOST_UNDER_WAY = 16 << 20;

  private static final Duration RECONNECT = Duration.ofSeconds(1);
  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private final RedisClient redis;
  private final Duration timeToLive;
  private final AtomicInteger underWay = new AtomicInteger();
  private final Round connecting = new Round("redis-connect", RECONNECT, this::connect);
  private volatile @Nullable StatefulRedisConnection<String, byte[]> connection;

  /**
   * A cache behind this client.
   *
   * @param timeToLive how long an untouched status is kept
   */
  public StatusCache(RedisClient redis, Duration timeToLive) {
    this.redis = redis;
    this.timeToLive = timeToLive;
  }

  /**
   * What is put.
   *
   * @param json a {@link TaskStatus}
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
  public record Cached(UUID id, byte[] json) {
    boolean isTooLarge() {
      return json.length > LARGEST;
    }
  }

  /** What of these is sent. */
  static int bytes(List<Cached> states) {
    int bytes = 0;
    for (Cached state : states) {
      bytes += state.isTooLarge() ? 0 : state.json.length;
    }
    return bytes;
  }

  /**
   * Tells Redis that this task is running. What is too large is not told: Postgres may not know the
   * task yet, and what Redis holds of it must stay.
   */
  public void announce(TaskStatus running) {
    Cached state = new Cached(running.id(), new StatusJson().write(running).whole());
    if (!state.isTooLarge()) {
      put(List.of(state));
    }
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

  /** Tells those who listen on this channel, in one flush; who is not there does not hear it. */
  public void publish(String channel, List<byte[]> messages) {
    StatefulRedisConnection<String, byte[]> open = connection;
    if (open == null || messages.isEmpty() || underWay.get() > MOST_UNDER_WAY) {
      return;
    }
    try {
      synchronized (open) {
        for (byte[] message : messages) {
          var _ = open.async().publish(channel, message);
        }
        open.flushCommands();
      }
    } catch (RedisException e) {
      log.debug("Redis passes nothing on: {}", e.toString());
    }
  }

  /**
   * Tells Redis of these states, in one flush. The last one has an answer, and it speaks for all: a
   * full or a read-only Redis refuses every one.
   */
  public void put(List<Cached> states) {
    StatefulRedisConnection<String, byte[]> open = connection;
    if (open == null || states.isEmpty() || underWay.get() > MOST_UNDER_WAY) {
      return;
    }
    int bytes = bytes(states);
    underWay.addAndGet(bytes);
    try {
      synchronized (open) {
        if (states.size() > 1) {
          putUnanswered(open, states.subList(0, states.size() - 1));
        }
        put(open, states.getLast()).whenComplete((_, failure) -> answered(bytes, failure));
        open.flushCommands();
      }
    } catch (RedisException e) {
      answered(bytes, e);
    }
  }

  private void answered(int bytes, @Nullable Throwable failure) {
    underWay.addAndGet(-bytes);
    if (failure != null) {
      log.debug("Redis takes no states: {}", failure.toString());
    }
  }

  private RedisFuture<?> put(StatefulRedisConnection<String, byte[]> open, Cached state) {
    String key = RedisKeys.task(state.id);
    return state.isTooLarge()
        ? open.async().del(key)
        : open.async().setex(key, timeToLive.toSeconds(), state.json);
  }

  private void putUnanswered(StatefulRedisConnection<String, byte[]> open, List<Cached> states) {
    var _ =
        open.async()
            .dispatch(
                CommandType.CLIENT,
                new StatusOutput<>(CODEC),
                new UnansweredSets(CODEC, states, timeToLive));
  }

  /** Connects in the background, again and again until Redis is there. */
  public void start() {
    connecting.start();
  }

  private @Nullable Duration connect() {
    connection = open();
    return null;
  }

  private StatefulRedisConnection<String, byte[]> open() {
    StatefulRedisConnection<String, byte[]> open = redis.connect(CODEC);
    try {
      open.sync().dispatch(CommandType.CLIENT, new StatusOutput<>(CODEC), replyOn());
      // No timer for each command: nobody waits, and what is under way ends with its answer only.
      open.setTimeout(Duration.ZERO);
      open.setAutoFlushCommands(false);
      return open;
    } catch (RedisException e) {
      open.close();
      throw e;
    }
  }

  /** Changes nothing; a server that does not know it would answer every command later on. */
  private static CommandArgs<String, byte[]> replyOn() {
    return new CommandArgs<>(CODEC).add("REPLY").add("ON");
  }

  @Override
  public void close() {
    connecting.stop();
    StatefulRedisConnection<String, byte[]> open = connection;
    if (open != null) {
      open.close();
    }
  }
}
