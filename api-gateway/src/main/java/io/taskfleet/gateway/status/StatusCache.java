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
  // By then a task whose note was lost has a row in Postgres, or its worker told Redis.
  private static final Duration LOST_NOTES_MATTER = Duration.ofSeconds(30);

  private final RedisConnection redis;
  private final Duration timeToLive;
  private final long mostBytesUnderWay;
  private final AtomicLong bytesUnderWay = new AtomicLong();
  private volatile long noteLostNanos = System.nanoTime() - LOST_NOTES_MATTER.toNanos();

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
    redis.commands().ifPresentOrElse(commands -> write(commands, task), this::loseNote);
  }

  private void loseNote() {
    noteLostNanos = System.nanoTime();
  }

  private void write(RedisAsyncCommands<String, byte[]> commands, Task task) {
    byte[] json = StrictJson.mapper().writeValueAsBytes(TaskStatus.queued(task));
    if (bytesUnderWay.addAndGet(json.length) > mostBytesUnderWay) {
      bytesUnderWay.addAndGet(-json.length);
      loseNote();
      return;
    }
    try {
      commands
          .set(RedisKeys.task(task.id()), json, SetArgs.Builder.nx().ex(timeToLive))
          .whenComplete(
              (done, failure) -> {
                bytesUnderWay.addAndGet(-json.length);
                if (failure != null) {
                  loseNote();
                }
              });
    } catch (RedisException refused) {
      bytesUnderWay.addAndGet(-json.length);
      loseNote();
    }
  }

  /** Whether Redis answers. */
  public boolean isReachable() {
    return redis.isAnswering();
  }

  /** Whether Redis answers and has all that was noted lately. */
  boolean isComplete() {
    return isReachable() && System.nanoTime() - noteLostNanos > LOST_NOTES_MATTER.toNanos();
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
