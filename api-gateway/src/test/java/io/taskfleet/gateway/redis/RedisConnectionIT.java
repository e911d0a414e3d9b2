package io.taskfleet.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.taskfleet.localstack.SharedLocalStack;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class RedisConnectionIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final ClientResources RESOURCES = RedisConnection.resources();

  private final RedisProperties properties =
      new RedisProperties(
          URI.create(SharedLocalStack.get().redisUri()),
          LONG,
          Duration.ofSeconds(5),
          100,
          DataSize.ofMegabytes(1),
          Duration.ofMillis(50));
  private final RedisClient client = RedisConnection.client(RESOURCES, properties);
  private final ScheduledExecutorService background = Executors.newScheduledThreadPool(1);
  private final RedisConnection redis = new RedisConnection(client, properties);

  @BeforeEach
  void connect() {
    redis.start(background, anew -> {});
    await().until(redis::isAnswering);
  }

  @AfterEach
  void stop() {
    background.shutdownNow();
    client.shutdown();
  }

  @Test
  void answersNothingToWhatWasUnderWayWhenTheConnectionWasLost() {
    long id = redis.ask(commands -> commands.clientId()).orElseThrow();
    CompletableFuture<Optional<?>> asked =
        CompletableFuture.supplyAsync(
            () -> redis.ask(commands -> commands.blpop(LONG.toSeconds(), "nothing is here")));

    try (StatefulRedisConnection<String, String> other =
        client.connect(RedisURI.create(properties.url()))) {
      await().until(() -> other.sync().clientList().contains("cmd=blpop"));
      other.sync().clientKill(KillArgs.Builder.id(id));
    }

    assertThat(asked).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Optional.empty());
    await().until(() -> redis.ask(commands -> commands.ping()).isPresent());
  }
}
