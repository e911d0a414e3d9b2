package io.taskfleet.worker.fleet;

import com.fasterxml.jackson.annotation.JsonValue;
import io.lettuce.core.Range;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.fleet.RedisLink.Session;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Redis regularly that this worker lives, and how it is doing. One that falls silent is gone
 * from there after the time to live. {@link RedisKeys#WORKERS} lists who may be there, since to
 * look for the keys themselves would mean to walk over those of all tasks; only {@link
 * RedisKeys#worker} says who is.
 */
public final class Heartbeat implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
  private static final Duration STOP = Duration.ofSeconds(2);

  /** After this a worker that died is not listed any more; beyond what clocks differ by. */
  private static final Duration FORGOTTEN = Duration.ofHours(1);

  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private final WorkerIdentity worker;
  private final RedisLink redis;
  private final Supplier<WorkerReport> reports;
  private final Duration every;
  private final SetArgs expiry;
  private final Clock clock;
  private final Thread thread = Thread.ofPlatform().name("heartbeat").unstarted(this::run);

  // Used by the thread only.
  private Map<String, Long> lastOutcomes = Map.of();
  private long lastReport = System.nanoTime();
  private boolean away;

  private volatile State state = State.RUNNING;
  private volatile boolean started;
  private volatile boolean stopped;

  /**
   * A heart that does not beat yet.
   *
   * @param reports asked on the thread of this class
   */
  public Heartbeat(
      WorkerIdentity worker,
      RedisLink redis,
      Supplier<WorkerReport> reports,
      Timing timing,
      Clock clock) {
    this.worker = worker;
    this.redis = redis;
    this.reports = reports;
    this.every = timing.every;
    this.expiry = SetArgs.Builder.px(timing.timeToLive.toMillis());
    this.clock = clock;
  }

  /**
   * When it beats.
   *
   * @param every from one beat to the next
   * @param timeToLive how long a beat is kept
   */
  public record Timing(Duration every, Duration timeToLive) {}

  /** Whether a worker takes tasks. */
  enum State {
    /** It does. */
    RUNNING,
    /** It only finishes what it has. */
    DRAINING;

    @JsonValue
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The JSON that is kept.
   *
   * @param rates attempts that ended a second since the beat before, by outcome
   */
  record Beat(
      String id,
      String host,
      String version,
      Instant startedAt,
      State state,
      List<String> types,
      int partitions,
      int inFlight,
      Map<String, Double> rates,
      @Nullable Long lag,
      Map<String, String> breakers,
      Instant at) {}

  /** Starts beating. */
  public void start() {
    started = true;
    thread.start();
  }

  /** Tells at once that this worker takes no more tasks. */
  public void drain() {
    state = State.DRAINING;
    LockSupport.unpark(thread);
  }

  /** Stops, and is gone from Redis at once if Redis is there. Twice is harmless. */
  @Override
  public void close() {
    if (stopped) {
      return;
    }
    stopped = true;
    LockSupport.unpark(thread);
    try {
      if (started && thread.join(STOP)) {
        Session session = redis.open();
        RedisAsyncCommands<String, String> commands = session.commands();
        RedisFuture<Long> deleted = commands.del(RedisKeys.worker(worker.id()));
        redis.await(session, commands.zrem(RedisKeys.WORKERS, worker.id()));
        redis.await(session, deleted);
      }
    } catch (RedisException e) {
      log.debug("the last beat is left to expire: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopped) {
      try {
        beat();
        away = false;
      } catch (RuntimeException e) {
        if (!away) {
          log.warn("this worker cannot be seen in Redis: {}", e.toString());
        }
        away = true;
      }
      LockSupport.parkNanos(every.toNanos());
    }
  }

  private void beat() {
    Instant at = clock.instant();
    String json = StrictJson.mapper().writeValueAsString(beat(reports.get(), at));
    Session session = redis.open();
    RedisAsyncCommands<String, String> commands = session.commands();
    List<RedisFuture<?>> sent =
        List.of(
            commands.set(RedisKeys.worker(worker.id()), json, expiry),
            commands.zadd(RedisKeys.WORKERS, (double) at.toEpochMilli(), worker.id()),
            commands.zremrangebyscore(
                RedisKeys.WORKERS, Range.create(0.0, (double) at.minus(FORGOTTEN).toEpochMilli())));
    sent.forEach(each -> redis.await(session, each));
  }

  private Beat beat(WorkerReport report, Instant at) {
    long now = System.nanoTime();
    double seconds = (now - lastReport) / SECOND;
    Map<String, Double> rates = new HashMap<>();
    report
        .outcomes()
        .forEach(
            (outcome, total) -> {
              long ended = total - lastOutcomes.getOrDefault(outcome, 0L);
              rates.put(outcome, Math.round(ended / seconds * 10) / 10.0);
            });
    lastOutcomes = Map.copyOf(report.outcomes());
    lastReport = now;
    return new Beat(
        worker.id(),
        worker.host(),
        worker.version(),
        worker.startedAt(),
        state,
        report.types(),
        report.partitions(),
        report.inFlight(),
        rates,
        report.lag(),
        report.breakers(),
        at);
  }
}
