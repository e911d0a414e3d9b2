package io.taskfleet.gateway.status;

import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.time.Duration;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Notes in Redis that tasks were accepted, so that they can be read before a worker has seen them.
 * Nothing here fails or waits: a note that Redis does not take is lost.
 */
public final class AcceptanceNotes {
  private final RedisConnection redis;
  private final Duration timeToLive;
  private final long mostBytesUnderWay;
  private final AtomicLong bytesUnderWay = new AtomicLong();

  AcceptanceNotes(RedisConnection redis, Duration timeToLive, long mostBytesUnderWay) {
    this.redis = redis;
    this.timeToLive = timeToLive;
    this.mostBytesUnderWay = mostBytesUnderWay;
  }

  /**
   * Notes that the task was accepted, unless more is known of it already. The note is lost when
   * Redis is away or too many are under way.
   */
  public void note(Task task) {
    redis
        .commands()
        .ifPresent(
            commands ->
                write(commands, TaskStatus.queued(task), SetArgs.Builder.nx().ex(timeToLive)));
  }

  /** Has Redis hold this status, whatever it held; lost in the same cases. */
  public void replace(TaskStatus status) {
    redis.commands().ifPresent(commands -> write(commands, status, SetArgs.Builder.ex(timeToLive)));
  }

  /** Has Redis forget these tasks, so that Postgres is asked for them; lost when it is away. */
  public void forget(Collection<UUID> tasks) {
    if (!tasks.isEmpty()) {
      redis.tell(
          commands -> commands.del(tasks.stream().map(RedisKeys::task).toArray(String[]::new)));
    }
  }

  private void write(RedisAsyncCommands<String, byte[]> commands, TaskStatus status, SetArgs how) {
    byte[] json = StrictJson.mapper().writeValueAsBytes(status);
    if (bytesUnderWay.addAndGet(json.length) > mostBytesUnderWay) {
      bytesUnderWay.addAndGet(-json.length);
      return;
    }
    try {
      commands
          .set(RedisKeys.task(status.id()), json, how)
          .whenComplete((done, failure) -> bytesUnderWay.addAndGet(-json.length));
    } catch (RedisException refused) {
      bytesUnderWay.addAndGet(-json.length);
    }
  }
}
