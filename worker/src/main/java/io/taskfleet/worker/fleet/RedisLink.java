package io.taskfleet.worker.fleet;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The connection to Redis that the threads of this package share. It waits, so poll loops must not
 * use it. A connection on which one command stays without an answer is given up, and the next use
 * opens another; the library's own way sends again what was under way. Thread-safe.
 */
public final class RedisLink implements AutoCloseable {
  private static final Duration RECONNECT = Duration.ofMillis(500);
  private static final Pattern RUN_ID = Pattern.compile("(?m)^run_id:(\\w+)");

  private final RedisClient client;
  private final RedisURI uri;
  private final Duration patience;

  // Guarded by this.
  private @Nullable Session session;
  private long nextTry = System.nanoTime();

  /**
   * A link that is not connected yet.
   *
   * @param resources shared with other clients of the process
   * @param patience for a connection and for an answer
   */
  public RedisLink(ClientResources resources, RedisURI uri, Duration patience) {
    this.uri = uri;
    this.patience = patience;
    client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(patience).build())
            .timeoutOptions(TimeoutOptions.enabled(patience))
            .build());
  }

  /**
   * One connection, to one server process.
   *
   * @param server changes when the server was restarted or replaced by another
   */
  record Session(StatefulRedisConnection<String, String> connection, String server) {
    RedisAsyncCommands<String, String> commands() {
      return connection.async();
    }
  }

  /**
   * The open connection, or a new one.
   *
   * @throws RedisException if Redis is away, or was a moment ago
   */
  synchronized Session open() {
    Session open = session;
    if (open != null && open.connection.isOpen()) {
      return open;
    }
    if (System.nanoTime() - nextTry < 0) {
      throw new RedisConnectionException("not reached a moment ago");
    }
    nextTry = System.nanoTime() + RECONNECT.toNanos();
    StatefulRedisConnection<String, String> connection = client.connect(StringCodec.UTF8, uri);
    try {
      Session opened = new Session(connection, runId(get(connection.async().info("server"))));
      session = opened;
      return opened;
    } catch (RedisException e) {
      var _ = connection.closeAsync();
      throw e;
    }
  }

  /**
   * Waits for an answer.
   *
   * @throws RedisException if there is none in time, and the connection is given up; or if it is an
   *     error
   */
  <T> T await(Session asked, RedisFuture<T> answer) {
    try {
      return get(answer);
    } catch (RedisCommandTimeoutException e) {
      var _ = asked.connection.closeAsync();
      throw e;
    }
  }

  private <T> T get(RedisFuture<T> answer) {
    try {
      // The client's own timeout comes first; this one is for the case that it does not.
      return answer.get(patience.toMillis() * 2, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RedisException known
          ? known
          : new RedisException("no answer", e.getCause());
    } catch (CancellationException e) {
      throw new RedisException("the connection was lost", e);
    } catch (TimeoutException e) {
      throw new RedisCommandTimeoutException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisException("interrupted", e);
    }
  }

  private static String runId(String info) {
    Matcher found = RUN_ID.matcher(info);
    return found.find() ? found.group(1) : "unknown";
  }

  @Override
  public synchronized void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
  }
}
