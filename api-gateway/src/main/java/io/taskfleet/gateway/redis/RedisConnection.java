package io.taskfleet.gateway.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Redis, which may be away, also when the gateway starts. A background task
 * connects, asks regularly whether the server answers, and replaces a connection on which nothing
 * comes back.
 */
public final class RedisConnection {
  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE);
  private static final int SILENCES_TO_REPLACE = 6;
  private static final int MOST_COMMANDS_IN_A_WRITE = 256;

  private final RedisProperties properties;
  private final RedisClient client;
  private final RedisURI uri;

  // Written by the background task only.
  private volatile @Nullable StatefulRedisConnection<String, byte[]> connection;
  private volatile boolean answering;
  private boolean greeted;
  private int silences;

  /** A connection of this client, which many may share. */
  public RedisConnection(RedisClient client, RedisProperties properties) {
    this.client = client;
    this.properties = properties;
    uri = RedisURI.create(properties.url());
    uri.setTimeout(properties.commandTimeout());
  }

  /** What the clients of one process share. */
  static ClientResources resources() {
    return ClientResources.builder()
        .nettyCustomizer(
            new NettyCustomizer() {
              @Override
              public void afterChannelInitialized(Channel channel) {
                // What came together leaves in one system call, not in one each.
                channel
                    .pipeline()
                    .addFirst(new FlushConsolidationHandler(MOST_COMMANDS_IN_A_WRITE, true));
              }
            })
        .build();
  }

  /** What the connections of one process share. */
  static RedisClient client(ClientResources resources, RedisProperties properties) {
    RedisClient client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            // The check connects anew. The library's own way sends again what was under way.
            .autoReconnect(false)
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(properties.queue())
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(properties.connectTimeout())
                    .keepAlive(true)
                    .build())
            .build());
    return client;
  }

  /** What is said to each new connection as soon as it answers, again until that succeeds. */
  @FunctionalInterface
  public interface Greeting {
    /** Says it. */
    void say(StatefulRedisConnection<String, byte[]> connection) throws Exception;
  }

  /** Connects, now and whenever the connection is lost. */
  public void start(ScheduledExecutorService background, Greeting greeting) {
    var _ =
        background.scheduleWithFixedDelay(
            () -> check(greeting), 0, properties.checkEvery().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Commands, if Redis answers. */
  public Optional<RedisAsyncCommands<String, byte[]>> commands() {
    StatefulRedisConnection<String, byte[]> current = connection;
    return answering && current != null && current.isOpen()
        ? Optional.of(current.async())
        : Optional.empty();
  }

  /** Whether Redis answers; a connection that was lost a moment ago does not. */
  public boolean isAnswering() {
    return commands().isPresent();
  }

  /** What Redis answers to these commands, if it does so in time, and not null. Never fails. */
  public <T> Optional<T> ask(Question<T> question) {
    return commands().flatMap(commands -> answer(commands, question));
  }

  /** Has Redis do this, unless it is away. Nobody waits for it or hears of it. */
  public <T> void tell(Question<T> command) {
    try {
      commands().ifPresent(command::send);
    } catch (RedisException refused) {
      // As if it were away.
    }
  }

  /** What Redis is asked, or told. */
  @FunctionalInterface
  public interface Question<T> {
    /** Sends the commands, and answers what will have the last one's answer. */
    CompletionStage<T> send(RedisAsyncCommands<String, byte[]> commands);
  }

  private <T> Optional<T> answer(
      RedisAsyncCommands<String, byte[]> commands, Question<T> question) {
    try {
      return Optional.ofNullable(
          question
              .send(commands)
              .toCompletableFuture()
              .get(properties.commandTimeout().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException | RedisException away) {
      return Optional.empty();
    } catch (CancellationException lost) {
      // What was under way on a connection that was lost.
      return Optional.empty();
    }
  }

  private void check(Greeting greeting) {
    try {
      StatefulRedisConnection<String, byte[]> current = connection;
      if (current == null || !current.isOpen()) {
        current = client.connect(CODEC, uri);
        connection = current;
        greeted = false;
      }
      current.async().ping().get(properties.commandTimeout().toMillis(), TimeUnit.MILLISECONDS);
      silences = 0;
      answering = true;
      if (!greeted) {
        greeting.say(current);
        greeted = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception away) {
      answering = false;
      replaceIfMute();
    }
  }

  // A peer that vanished without a word leaves a connection that looks open for many minutes.
  private void replaceIfMute() {
    StatefulRedisConnection<String, byte[]> current = connection;
    if (current != null && current.isOpen() && ++silences >= SILENCES_TO_REPLACE) {
      silences = 0;
      connection = null;
      var _ = current.closeAsync();
    }
  }
}
