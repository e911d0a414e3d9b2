package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.localstack.SharedLocalStack;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A connection to Redis that goes silent without being closed. */
class MuteRedisIT {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  @Test
  void isReplaced() throws IOException {
    int redisPort = RedisURI.create(SharedLocalStack.get().redisUri()).getPort();
    try (SilencingProxy proxy = new SilencingProxy(redisPort)) {
      RedisProperties properties =
          new RedisProperties(
              URI.create("redis://127.0.0.1:" + proxy.port()), PATIENCE, PATIENCE, 100);
      RedisConfiguration worker = new RedisConfiguration();
      RedisClient client = worker.redis(properties, worker.redisResources(properties));
      StatefulRedisConnection<String, String> connection = client.connect();
      connection.sync().set("mute", "before");

      proxy.silenceWhatIsOpen();

      await()
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(connection.sync().set("mute", "after")).isEqualTo("OK"));
      assertThat(proxy.connections()).isGreaterThan(1);
      client.shutdown();
    }
  }
}
