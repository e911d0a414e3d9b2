package io.taskfleet.gateway.ratelimit;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.taskfleet.wire.RedisKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The buckets that all gateways share. They may vanish, and are full when they come back. */
final class SharedBuckets {
  private static final Duration KEPT_WHEN_FULL = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Supplier<Optional<RedisAsyncCommands<String, byte[]>>> redis;
  private final RedisTime time = new RedisTime();
  private volatile @Nullable Proxies proxies;

  /**
   * Buckets in Redis.
   *
   * @param redis commands, if it answers; the same object for as long as the connection is the same
   */
  SharedBuckets(Supplier<Optional<RedisAsyncCommands<String, byte[]>>> redis) {
    this.redis = redis;
  }

  private record Proxies(
      RedisAsyncCommands<String, byte[]> commands, AsyncProxyManager<String> manager) {}

  /**
   * Takes tokens that have been given away already, even if there are not as many.
   *
   * @return what is left, below zero if too many were given away; empty if Redis does not say
   */
  CompletableFuture<OptionalLong> take(
      String subject, BucketConfiguration configuration, long tokens) {
    try {
      return redis
          .get()
          .map(commands -> take(commands, subject, configuration, tokens))
          .orElseGet(SharedBuckets::nothing);
    } catch (RuntimeException refused) {
      return nothing();
    }
  }

  private CompletableFuture<OptionalLong> take(
      RedisAsyncCommands<String, byte[]> commands,
      String subject,
      BucketConfiguration configuration,
      long tokens) {
    return commands
        .time()
        .toCompletableFuture()
        .thenCompose(
            reading -> {
              time.set(reading);
              return manager(commands)
                  .getProxy(
                      RedisKeys.rateLimit(subject),
                      () -> CompletableFuture.completedFuture(configuration))
                  .asVerbose()
                  .consumeIgnoringRateLimits(tokens);
            })
        .thenApply(taken -> OptionalLong.of(taken.getDiagnostics().getAvailableTokens()))
        .completeOnTimeout(OptionalLong.empty(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(away -> OptionalLong.empty());
  }

  @SuppressWarnings("ReferenceEquality") // the same connection, not one like it
  private AsyncProxyManager<String> manager(RedisAsyncCommands<String, byte[]> commands) {
    Proxies current = proxies;
    if (current == null || current.commands() != commands) {
      current =
          new Proxies(
              commands,
              Bucket4jLettuce.casBasedBuilder(commands)
                  .clientClock(time)
                  .expirationAfterWrite(
                      ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(
                          KEPT_WHEN_FULL))
                  .build()
                  .asAsync());
      proxies = current;
    }
    return current.manager();
  }

  private static CompletableFuture<OptionalLong> nothing() {
    return CompletableFuture.completedFuture(OptionalLong.empty());
  }

  /** Redis' clock: gateways whose own clocks differ would refill each other's buckets, or never. */
  private static final class RedisTime implements TimeMeter {
    private volatile long aheadNanos;

    void set(List<byte[]> reading) {
      long seconds = number(reading.getFirst());
      long micros = number(reading.get(1));
      aheadNanos =
          TimeUnit.SECONDS.toNanos(seconds)
              + TimeUnit.MICROSECONDS.toNanos(micros)
              - System.nanoTime();
    }

    private static long number(byte[] digits) {
      return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    }

    @Override
    public long currentTimeNanos() {
      return System.nanoTime() + aheadNanos;
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }
}
