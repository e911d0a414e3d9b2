package io.taskfleet.gateway.status;

import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Notes in Redis that tasks were accepted, so that they can be read before a worker has seen them.
 * Nothing here fails or waits: a note that Redis does not take is lost.
 */
public final class AcceptanceNotes {
  // By then a worker has seen the task, unless there is a backlog, and told Redis or Postgres.
  private static final Duration LOSSES_MATTER = Duration.ofSeconds(30);

  private final RedisConnection redis;
  private final Duration timeToLive;
  private final long mostBytesUnderWay;
  private final AtomicLong bytesUnderWay = new AtomicLong();
  private volatile long lostNanos = System.nanoTime() - LOSSES_MATTER.toNanos();

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
    redis.commands().ifPresentOrElse(commands -> write(commands, task), this::lose);
  }

  /** Whether no note of the last half minute was lost. */
  boolean areComplete() {
    return System.nanoTime() - lostNanos >= LOSSES_MATTER.toNanos();
  }

  private void write(RedisAsyncCommands<String, byte[]> commands, Task task) {
    byte[] json = StrictJson.mapper().writeValueAsBytes(TaskStatus.queued(task));
    if (bytesUnderWay.addAndGet(json.length) > mostBytesUnderWay) {
      end(json.length, false);
      return;
    }
    try {
      commands
          .set(RedisKeys.task(task.id()), json, SetArgs.Builder.nx().ex(timeToLive))
          .whenComplete((done, failure) -> end(json.length, failure == null));
    } catch (RedisException refused) {
      end(json.length, false);
    }
  }

  private void end(int bytes, boolean written) {
    bytesUnderWay.addAndGet(-bytes);
    if (!written) {
      lose();
    }
  }

  private void lose() {
    lostNanos = System.nanoTime();
  }
}
