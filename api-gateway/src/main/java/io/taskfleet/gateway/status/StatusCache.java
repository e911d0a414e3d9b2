package io.taskfleet.gateway.status;

import io.lettuce.core.KeyValue;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.wire.RedisKeys;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

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
    return redis.ask(commands -> commands.mget(keys));
  }
}
