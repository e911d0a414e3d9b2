package io.taskfleet.gateway.status;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Statuses in Redis. Nothing here fails: what Redis cannot say or keep is answered as not there.
 */
public final class StatusCache {
  private final RedisConnection redis;
  private final Duration timeToLive;
  private final long mostBytesUnderWay;
  private final AtomicLong bytesUnderWay = new AtomicLong();

  StatusCache(RedisConnection redis, Duration timeToLive, long mostBytesUnderWay) {
    this.redis = redis;
    this.timeToLive = timeToLive;
    this.mostBytesUnderWay = mostBytesUnderWay;
  }

  /**
   * Notes that the task was accepted, unless more is known of it already. Does not wait, and drops
   * the note when too many are under way.
   */
  public void noteAccepted(Task task) {
    redis.commands().ifPresent(commands -> write(commands, task));
  }

  private void write(RedisAsyncCommands<String, byte[]> commands, Task task) {
    byte[] json = StrictJson.mapper().writeValueAsBytes(TaskStatus.queued(task));
    if (bytesUnderWay.addAndGet(json.length) > mostBytesUnderWay) {
      bytesUnderWay.addAndGet(-json.length);
      return;
    }
    try {
      commands
          .set(RedisKeys.task(task.id()), json, SetArgs.Builder.nx().ex(timeToLive))
          .whenComplete((done, failure) -> bytesUnderWay.addAndGet(-json.length));
    } catch (RedisException refused) {
      bytesUnderWay.addAndGet(-json.length);
    }
  }

  /** Whether Redis answers. */
  public boolean isReachable() {
    return redis.isAnswering();
  }

  Optional<byte[]> find(UUID id) {
    return redis.commands().flatMap(commands -> await(() -> commands.get(RedisKeys.task(id))));
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
