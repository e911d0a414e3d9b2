package io.taskfleet.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.wire.StrictJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class HeartbeatIT {
  private static final String REDIS = SharedLocalStack.get().redisUri();
  private static final Duration EVERY = Duration.ofMillis(100);
  private static final Duration TIME_TO_LIVE = Duration.ofSeconds(15);

  private final RedisClient client = RedisClient.create(REDIS);
  private final StatefulRedisConnection<String, String> redis = client.connect();
  private final RedisLink link =
      new RedisLink(client.getResources(), RedisURI.create(REDIS), Duration.ofSeconds(1));
  private final AtomicLong succeeded = new AtomicLong();
  private final String id = "worker-" + UUID.randomUUID();
  private final Heartbeat heartbeat =
      new Heartbeat(
          new WorkerIdentity(id, "host", "1.2.3", Instant.parse("2026-01-02T03:04:05Z")),
          link,
          this::report,
          new Heartbeat.Timing(EVERY, TIME_TO_LIVE),
          Clock.systemUTC());

  @AfterEach
  void stop() {
    heartbeat.close();
    link.close();
    redis.close();
    client.shutdown();
  }

  @Test
  void saysWhoItIsAndHowItIsDoing() {
    heartbeat.start();
    await().until(() -> redis.sync().exists(RedisKeys.worker(id)) == 1);

    JsonNode beat = beat();
    assertThat(beat.get("id").asString()).isEqualTo(id);
    assertThat(beat.get("version").asString()).isEqualTo("1.2.3");
    assertThat(beat.get("started_at").asString()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(beat.get("state").asString()).isEqualTo("running");
    assertThat(beat.get("types").get(0).asString()).isEqualTo("email");
    assertThat(beat.get("in_flight").asInt()).isEqualTo(3);
    assertThat(beat.get("breakers").get("smtp").asString()).isEqualTo("open");
    assertThat(beat.has("lag")).as("an unknown lag is left out").isFalse();
    assertThat(redis.sync().pttl(RedisKeys.worker(id))).isBetween(1L, TIME_TO_LIVE.toMillis());
    assertThat(redis.sync().zscore(RedisKeys.WORKERS, id)).isNotNull();
  }

  @Test
  void tellsOutcomesASecond() {
    heartbeat.start();

    await()
        .until(
            () -> {
              succeeded.addAndGet(1_000);
              return redis.sync().exists(RedisKeys.worker(id)) == 1
                  && beat().get("rates").get("succeeded").asDouble() > 100;
            });
    await().until(() -> beat().get("rates").get("succeeded").asDouble() == 0);
  }

  @Test
  void tellsThatItDrainsAndIsGoneAfterwards() {
    heartbeat.start();
    await().until(() -> redis.sync().exists(RedisKeys.worker(id)) == 1);

    heartbeat.drain();
    await().until(() -> beat().get("state").asString().equals("draining"));
    heartbeat.close();

    assertThat(redis.sync().exists(RedisKeys.worker(id))).isZero();
    assertThat(redis.sync().zscore(RedisKeys.WORKERS, id)).isNull();
  }

  private WorkerReport report() {
    return new WorkerReport(
        List.of("email"), 2, 3, Map.of("succeeded", succeeded.get()), null, Map.of("smtp", "open"));
  }

  private JsonNode beat() {
    return StrictJson.mapper().readTree(redis.sync().get(RedisKeys.worker(id)));
  }
}
