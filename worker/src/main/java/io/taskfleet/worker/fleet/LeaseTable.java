package io.taskfleet.worker.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.worker.fleet.RedisLink.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The leases of all workers, in Redis, as one worker writes them. Used by one thread.
 *
 * <p>{@code renew.lua} decides, so that it happens at once and by one clock.
 */
final class LeaseTable {
  private static final String SCRIPT = read("renew.lua");

  private final String worker;
  private final RedisLink redis;
  private final String lease;
  private final String slice;
  private long requests;

  // The script is known to this one.
  private @Nullable Session prepared;
  private String digest = "";

  /**
   * The part of this worker.
   *
   * @param worker unlike that of any other process, also of one before it on the same machine
   * @param slice how long a turn lasts when there are more workers than permits
   */
  LeaseTable(String worker, RedisLink redis, Duration lease, Duration slice) {
    this.worker = worker;
    this.redis = redis;
    this.lease = Long.toString(lease.toMillis());
    this.slice = Long.toString(slice.toMillis());
  }

  /**
   * Has a connection ready.
   *
   * @throws RedisException if there is none to be had
   */
  Session connect() {
    Session session = redis.open();
    if (!session.equals(prepared)) {
      digest = redis.await(session, session.commands().scriptLoad(SCRIPT));
      beginMemory(session);
      prepared = session;
    }
    return session;
  }

  /** Whether there is a connection and it was ready for use. */
  boolean isConnected() {
    Session session = prepared;
    return session != null && session.connection().isOpen();
  }

  /** Before any cap is there, so that the first one need not wait until memory is old enough. */
  private void beginMemory(Session session) {
    String memory = redis.await(session, session.commands().get(RedisKeys.CAPS_MEMORY));
    if (memory == null || !memory.startsWith(session.server() + ' ')) {
      List<String> time = redis.await(session, session.commands().time());
      long millis =
          TimeUnit.SECONDS.toMillis(Long.parseLong(time.get(0)))
              + TimeUnit.MICROSECONDS.toMillis(Long.parseLong(time.get(1)));
      redis.await(
          session, session.commands().set(RedisKeys.CAPS_MEMORY, session.server() + ' ' + millis));
    }
  }

  /**
   * Asks about all of these at once.
   *
   * @return the answers; those that did not come are left out
   * @throws RedisException if there is none at all
   */
  Map<Cap.Id, Lease.Grant> renew(Map<Cap.Id, Lease.Request> requested) {
    Session session = connect();
    Map<Cap.Id, RedisFuture<List<Long>>> sent = HashMap.newHashMap(requested.size());
    requested.forEach((cap, request) -> sent.put(cap, send(session, cap, request)));
    Map<Cap.Id, Lease.Grant> grants = HashMap.newHashMap(sent.size());
    RedisException trouble = null;
    for (Map.Entry<Cap.Id, RedisFuture<List<Long>>> each : sent.entrySet()) {
      try {
        List<Long> answer = redis.await(session, each.getValue());
        if (!answer.isEmpty()) {
          grants.put(each.getKey(), grant(answer));
        }
      } catch (RedisNoScriptException flushed) {
        prepared = null;
      } catch (RedisException e) {
        trouble = e;
      }
    }
    if (grants.isEmpty() && trouble != null) {
      throw trouble;
    }
    return grants;
  }

  private RedisFuture<List<Long>> send(Session session, Cap.Id cap, Lease.Request request) {
    requests++;
    return session
        .commands()
        .evalsha(
            digest,
            ScriptOutputType.MULTI,
            new String[] {key(cap), RedisKeys.CAPS_MEMORY},
            worker,
            Integer.toString(request.limit()),
            lease,
            slice,
            Integer.toString(request.used()),
            Integer.toString(request.trusted()),
            Integer.toString(request.want()),
            Long.toString(requests),
            session.server());
  }

  private static Lease.Grant grant(List<Long> answer) {
    return new Lease.Grant(
        Math.toIntExact(answer.get(0)),
        Math.toIntExact(answer.get(1)),
        Math.toIntExact(answer.get(2)),
        Math.toIntExact(answer.get(3)),
        answer.get(4) == 1);
  }

  /** Gives up what this worker holds, so that nobody has to wait until it expires. */
  void release(Collection<Cap.Id> caps) {
    if (!caps.isEmpty()) {
      Session session = redis.open();
      List<RedisFuture<Long>> sent =
          caps.stream().map(cap -> session.commands().hdel(key(cap), worker)).toList();
      sent.forEach(each -> redis.await(session, each));
    }
  }

  private static String key(Cap.Id cap) {
    return RedisKeys.cap(cap.type(), cap.scope().text());
  }

  private static String read(String name) {
    try (InputStream in = LeaseTable.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
