package io.taskfleet.worker.fallback;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.worker.http.KeptReplies;
import io.taskfleet.worker.round.Round;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replies in Redis, each under a key of its own. */
public final class RepliesInRedis implements KeptReplies, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RepliesInRedis.class);

  /** Bytes not answered yet beyond which replies are not kept. */
  private static final int MOST_UNDER_WAY = 16 << 20;

  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final Duration RECONNECT = Duration.ofSeconds(1);
  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private final RedisClient redis;
  private final AtomicInteger underWay = new AtomicInteger();
  private final Round connecting = new Round("replies-connect", RECONNECT, this::connect);

  // Written by the connecting thread.
  private volatile @Nullable StatefulRedisConnection<String, byte[]> connection;

  /** Connected to nothing yet. */
  public RepliesInRedis(RedisClient redis) {
    this.redis = redis;
  }

  /** Connects in the background, again and again until Redis is there. */
  public void start() {
    connecting.start();
  }

  @Override
  public void keep(String name, byte[] reply, Duration timeToLive) {
    StatefulRedisConnection<String, byte[]> open = connection;
    if (open == null || underWay.get() > MOST_UNDER_WAY) {
      return;
    }
    underWay.addAndGet(reply.length);
    try {
      var _ =
          open.async()
              .set(RedisKeys.reply(name), reply, SetArgs.Builder.px(timeToLive))
              .whenComplete((_, failure) -> answered(reply.length, failure));
    } catch (RedisException e) {
      answered(reply.length, e);
    }
  }

  @Override
  public Optional<byte[]> find(String name) {
    StatefulRedisConnection<String, byte[]> open = connection;
    if (open == null) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(
          open.async().get(RedisKeys.reply(name)).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (RedisException | ExecutionException | TimeoutException e) {
      log.debug("Redis has no reply: {}", e.toString());
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    connecting.stop();
    StatefulRedisConnection<String, byte[]> open = connection;
    if (open != null) {
      open.close();
    }
  }

  private void answered(int bytes, @Nullable Throwable failure) {
    underWay.addAndGet(-bytes);
    if (failure != null) {
      log.debug("Redis keeps no reply: {}", failure.toString());
    }
  }

  private @Nullable Duration connect() {
    connection = redis.connect(CODEC);
    return null;
  }
}
