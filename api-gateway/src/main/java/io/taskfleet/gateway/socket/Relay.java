package io.taskfleet.gateway.socket;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.taskfleet.gateway.redis.RedisConnection;
import io.taskfleet.gateway.redis.RedisProperties;
import io.taskfleet.task.RawJson;
import io.taskfleet.wire.InboxArrival;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What gateways tell each other, through one channel of Redis that all of them hear, this one
 * included; and what workers tell them. It is heard on a connection of its own, which is replaced
 * when it is lost. Nothing is kept for those who do not hear it.
 */
final class Relay {
  /** Where gateways speak. */
  static final String CHANNEL = "tf:socket";

  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE);
  private static final int SILENCES_TO_REPLACE = 6;

  private final RedisClient client;
  private final RedisProperties properties;
  private final RedisConnection redis;

  // Written by the background task only.
  private @Nullable StatefulRedisPubSubConnection<String, byte[]> connection;
  private int silences;
  private volatile boolean hearing;

  Relay(RedisClient client, RedisProperties properties, RedisConnection redis) {
    this.client = client;
    this.properties = properties;
    this.redis = redis;
  }

  /** Told on a thread of the library's, which must not wait. */
  interface Listener {
    /** A gateway said this to the clients of a channel. */
    void said(Channel channel, byte[] frame);

    /** A worker has put something in an inbox. */
    void arrived(InboxArrival arrival);

    /** Nothing of what was said until now may have been heard. */
    void begins();
  }

  private record Envelope(String tenant, String channel, RawJson frame) {}

  /** What is published to have all gateways send this to a channel. */
  byte[] envelope(Channel channel, ServerFrame frame) {
    return StrictJson.mapper()
        .writeValueAsBytes(
            new Envelope(channel.tenant(), channel.name(), new RawJson(frame.toJson())));
  }

  /**
   * Has all gateways send this to the clients of a channel.
   *
   * @return false if Redis did not take it
   */
  boolean say(Channel channel, ServerFrame frame) {
    byte[] message = envelope(channel, frame);
    return redis.ask(commands -> commands.publish(CHANNEL, message)).isPresent();
  }

  /** Whether others are heard. */
  boolean isHearing() {
    return hearing;
  }

  /** Hears from now on, whenever Redis is there. */
  void start(ScheduledExecutorService background, Listener listener) {
    var _ =
        background.scheduleWithFixedDelay(
            () -> check(listener), 0, properties.checkEvery().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void check(Listener listener) {
    try {
      StatefulRedisPubSubConnection<String, byte[]> current = connection;
      if (current == null || !current.isOpen()) {
        hearing = false;
        current = connect(listener);
        connection = current;
        listener.begins();
      }
      current.async().ping().get(properties.commandTimeout().toMillis(), TimeUnit.MILLISECONDS);
      silences = 0;
      hearing = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception away) {
      replaceIfMute();
    }
  }

  private StatefulRedisPubSubConnection<String, byte[]> connect(Listener listener)
      throws Exception {
    RedisURI uri = RedisURI.create(properties.url());
    uri.setTimeout(properties.commandTimeout());
    StatefulRedisPubSubConnection<String, byte[]> fresh = client.connectPubSub(CODEC, uri);
    try {
      fresh.addListener(new Ear(listener));
      fresh
          .async()
          .subscribe(CHANNEL, RedisKeys.INBOXES)
          .get(properties.commandTimeout().toMillis(), TimeUnit.MILLISECONDS);
      return fresh;
    } catch (Exception e) {
      var _ = fresh.closeAsync();
      throw e;
    }
  }

  // A peer that vanished without a word leaves a connection that looks open for many minutes.
  private void replaceIfMute() {
    StatefulRedisPubSubConnection<String, byte[]> current = connection;
    if (current != null && current.isOpen() && ++silences >= SILENCES_TO_REPLACE) {
      silences = 0;
      connection = null;
      hearing = false;
      var _ = current.closeAsync();
    }
  }

  private static final class Ear extends RedisPubSubAdapter<String, byte[]> {
    private final Listener listener;

    Ear(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void message(String channel, byte[] message) {
      if (channel.equals(RedisKeys.INBOXES)) {
        InboxArrival.read(message).ifPresent(listener::arrived);
      } else {
        read(message)
            .ifPresent(
                envelope ->
                    listener.said(
                        new Channel(envelope.tenant(), envelope.channel()),
                        envelope.frame().utf8()));
      }
    }

    private static Optional<Envelope> read(byte[] message) {
      try {
        return Optional.of(StrictJson.read(message, Envelope.class));
      } catch (RefusedJsonException ofAnotherVersion) {
        return Optional.empty();
      }
    }
  }
}
