package io.taskfleet.gateway.status;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.taskfleet.wire.RedisKeys;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Statuses in Redis. Nothing here fails: Redis either answers in time or it does not. */
public final class StatusCache {
  private final RedisConnection redis;

  StatusCache(RedisConnection redis) {
    this.redis = redis;
  }

  /** Whether Redis answers. */
  public boolean isReachable() {
    return redis.isAnswering();
  }

  /** The status of this task as Redis holds it, if it does and answers. */
  public Optional<byte[]> json(UUID id) {
    return find(id).flatMap(KeyValue::optional);
  }

  /** What Redis holds under this id, as an empty value if it is not there; empty if it is away. */
  Optional<KeyValue<String, byte[]>> find(UUID id) {
    return findAll(List.of(id)).map(List::getFirst);
  }

  /** What Redis holds under these ids, the missing ones as empty values; empty if it is away. */
  Optional<List<KeyValue<String, byte[]>>> findAll(List<UUID> ids) {
    String[] keys = ids.stream().map(RedisKeys::task).toArray(String[]::new);
    return redis.commands().flatMap(commands -> await(() -> commands.mget(keys)));
  }

  private interface Command<T> {
    RedisFuture<T> send();
  }

  private <T> Optional<T> await(Command<T> command) {
    try {
      return Optional.ofNullable(
          command.send().get(redis.commandTimeout().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException | RedisException away) {
      return Optional.empty();
    }
  }
}
