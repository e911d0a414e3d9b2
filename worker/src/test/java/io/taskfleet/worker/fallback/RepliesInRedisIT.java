package io.taskfleet.worker.fallback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.RedisKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RepliesInRedisIT {
  private static final Duration HOUR = Duration.ofHours(1);

  private final RedisClient client = RedisClient.create(SharedLocalStack.get().redisUri());
  private final RepliesInRedis replies = new RepliesInRedis(client);
  private final String name = UUID.randomUUID().toString();

  @AfterEach
  void close() {
    replies.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
  }

  @Test
  void findsWhatItWasToldLastForItsTimeToLive() {
    replies.start();
    awaitKept("first");

    awaitKept("second");

    try (StatefulRedisConnection<String, String> reader = client.connect()) {
      assertThat(reader.sync().pttl(RedisKeys.reply(name))).isBetween(3_500_000L, 3_600_000L);
    }
    assertThat(replies.find(UUID.randomUUID().toString())).isEmpty();
  }

  @Test
  void hasNothingWithoutRedisAndHoldsNobodyUp() throws IOException {
    try (ServerSocket nobody = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      RedisClient silent =
          RedisClient.create("redis://127.0.0.1:%d".formatted(nobody.getLocalPort()));
      try (RepliesInRedis cutOff = new RepliesInRedis(silent)) {
        cutOff.start();
        long start = System.nanoTime();

        cutOff.keep(name, "lost".getBytes(UTF_8), HOUR);

        assertThat(cutOff.find(name)).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
      } finally {
        silent.shutdown(Duration.ZERO, Duration.ofSeconds(1));
      }
    }
  }

  private void awaitKept(String reply) {
    await()
        .untilAsserted(
            () -> {
              replies.keep(name, reply.getBytes(UTF_8), HOUR);
              assertThat(replies.find(name))
                  .hasValueSatisfying(found -> assertThat(found).isEqualTo(reply.getBytes(UTF_8)));
            });
  }
}
