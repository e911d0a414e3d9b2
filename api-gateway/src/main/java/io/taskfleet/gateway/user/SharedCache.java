package io.taskfleet.gateway.user;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.taskfleet.gateway.redis.RedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Users in Redis. Nothing here fails: Redis answers in time or it does not.
 *
 * <p>A change leaves a mark in the user's place for longer than any read can take that began before
 * it. A reader fills no place that holds a mark, so what it read before the change is kept nowhere.
 * The users of a tenant change together by a new generation, which no value read before can name.
 */
final class SharedCache {
  private static final byte[] MARK = "changed".getBytes(US_ASCII);
  private static final Duration GENERATION_LIVES = Duration.ofDays(1);
  private static final Duration RETELL_EVERY = Duration.ofMillis(500);
  // Beyond that, a tenant's users are voided together.
  private static final int MOST_UNTOLD = 10_000;

  // Overwrites what is of another generation; a mark stays, and so does what is as good.
  private static final String FILL =
      """
      local there = redis.call('get', KEYS[1])
      if there and (there == ARGV[2] or string.sub(there, 1, #ARGV[3]) == ARGV[3]) then
        return 0
      end
      redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[4])
      return 1
      """;

  private final RedisConnection redis;
  private final UserProperties.Cache properties;
  // Changes of which Redis could not be told, by key; the value tells one change from a later one.
  private final ConcurrentMap<String, Object> untold = new ConcurrentHashMap<>();

  SharedCache(RedisConnection redis, UserProperties.Cache properties) {
    this.redis = redis;
    this.properties = properties;
  }

  /** Connects, and begins to hear of changes. */
  void start(ScheduledExecutorService background, RedisConnection.Greeting greeting) {
    redis.start(background, greeting);
    long period = RETELL_EVERY.toMillis();
    var _ = background.scheduleWithFixedDelay(this::retell, period, period, TimeUnit.MILLISECONDS);
  }

  /**
   * What was found and when, and what a reader needs to fill the place.
   *
   * @param generation empty if the place is not to be filled
   */
  record Look(Optional<CachedUser> user, Optional<String> generation, long nanos) {
    private static Look nothing() {
      return new Look(Optional.empty(), Optional.empty(), 0);
    }
  }

  Look look(String tenant, UUID id) {
    long now = System.nanoTime();
    String generation = UserKeys.generation(tenant);
    return redis
        .ask(commands -> commands.mget(generation, UserKeys.user(tenant, id)))
        .map(found -> look(generation, found, now))
        .orElseGet(Look::nothing);
  }

  private Look look(String key, List<KeyValue<String, byte[]>> found, long nanos) {
    if (!found.getFirst().hasValue()) {
      SetArgs once = SetArgs.Builder.nx().ex(GENERATION_LIVES);
      redis.tell(commands -> commands.set(key, newGeneration(), once));
      return Look.nothing();
    }
    String generation = new String(found.getFirst().getValue(), US_ASCII);
    KeyValue<String, byte[]> user = found.getLast();
    return user.hasValue()
        ? new Look(
            CachedUser.fromRedis(user.getValue(), generation), Optional.of(generation), nanos)
        : new Look(Optional.empty(), Optional.of(generation), nanos);
  }

  /** Keeps the user for the next one who asks, unless it may have changed since the look. */
  void fill(Look before, String tenant, UUID id, CachedUser user) {
    boolean late = System.nanoTime() - before.nanos() >= properties.leftOutFor().toNanos();
    if (before.generation().isEmpty() || late) {
      return;
    }
    String generation = before.generation().get();
    String[] key = {UserKeys.user(tenant, id)};
    byte[][] values = {
      user.toRedis(generation),
      MARK,
      generation.getBytes(US_ASCII),
      Long.toString(properties.timeToLive().toMillis()).getBytes(US_ASCII)
    };
    redis.tell(commands -> commands.eval(FILL, ScriptOutputType.INTEGER, key, values));
  }

  /** The user is about to change: should this process die meanwhile, Redis knows. */
  void changing(String tenant, UUID id) {
    redis.tell(commands -> mark(commands, UserKeys.user(tenant, id)));
  }

  /** The same of any number of the tenant's users. */
  void allChanging(String tenant) {
    redis.tell(commands -> mark(commands, UserKeys.generation(tenant)));
  }

  /** The user has changed. Redis is told now, within its timeout, or when it is back. */
  void changed(String tenant, UUID id) {
    String key = UserKeys.user(tenant, id);
    if (!tell(key)) {
      boolean full = untold.size() >= MOST_UNTOLD;
      untold.put(full ? UserKeys.generation(tenant) : key, new Object());
    }
  }

  /** Any number of the tenant's users have changed. */
  void allChanged(String tenant) {
    String key = UserKeys.generation(tenant);
    if (!tell(key)) {
      untold.put(key, new Object());
    }
  }

  /** Tells Redis what it could not be told, as long as it listens. */
  void retell() {
    for (Map.Entry<String, Object> each : untold.entrySet()) {
      if (!tell(each.getKey())) {
        return;
      }
      untold.remove(each.getKey(), each.getValue());
    }
  }

  private boolean tell(String key) {
    return redis.ask(commands -> mark(commands, key)).isPresent();
  }

  private CompletionStage<Object> mark(RedisAsyncCommands<String, byte[]> commands, String key) {
    RedisFuture<String> mark =
        UserKeys.isGeneration(key)
            ? commands.set(key, newGeneration(), SetArgs.Builder.ex(GENERATION_LIVES))
            : commands.set(key, MARK, SetArgs.Builder.ex(properties.leftOutFor()));
    // Redis that has no memory left refuses the mark, and all fills, but still forgets.
    return mark.<Object>thenApply(done -> done)
        .exceptionallyCompose(
            e ->
                isRefusal(e)
                    ? commands.unlink(key).<Object>thenApply(count -> count)
                    : CompletableFuture.failedStage(e));
  }

  private static boolean isRefusal(Throwable e) {
    return (e instanceof CompletionException ? e.getCause() : e)
        instanceof RedisCommandExecutionException;
  }

  private static byte[] newGeneration() {
    return UUID.randomUUID().toString().getBytes(US_ASCII);
  }
}
