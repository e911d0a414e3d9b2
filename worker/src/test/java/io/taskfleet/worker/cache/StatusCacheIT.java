package io.taskfleet.worker.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.RedisKeys;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** States in a Redis that is there, full, and away. */
class StatusCacheIT {
  private static final LocalStack STACK = BreakableLocalStack.get();
  private static final RedisClient CLIENT = RedisClient.create(STACK.redisUri());
  private static final StatusCache CACHE = new StatusCache(CLIENT, Duration.ofHours(1));
  private static StatefulRedisConnection<String, String> reader;

  @BeforeAll
  static void connect() {
    CLIENT.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .build());
    reader = CLIENT.connect();
    CACHE.start();
    awaitTaken(states(1, "first"));
  }

  @AfterAll
  static void stop() {
    CACHE.close();
    CLIENT.shutdown();
  }

  @Test
  void aGroupIsKeptWholeForItsTimeToLive() {
    List<StatusCache.Cached> states = states(300, "whole");

    awaitTaken(states);

    assertThat(states)
        .allSatisfy(
            state -> {
              assertThat(reader.sync().get(key(state))).isEqualTo("whole");
              assertThat(reader.sync().ttl(key(state))).isBetween(3_500L, 3_600L);
            });
  }

  @Test
  void aLargeBodyTakesTheOlderStateAway() {
    List<StatusCache.Cached> states = states(4, "small");
    awaitTaken(states);
    byte[] large = new byte[100_000];

    CACHE.put(
        List.of(
            states.get(0),
            new StatusCache.Cached(states.get(1).id(), large),
            states.get(2),
            new StatusCache.Cached(states.get(3).id(), large)));

    await().until(() -> reader.sync().exists(key(states.get(3))) == 0);
    assertThat(reader.sync().exists(key(states.get(1)))).isZero();
    assertThat(reader.sync().exists(key(states.get(0)), key(states.get(2)))).isEqualTo(2);
  }

  @Test
  void aLargeTaskThatRunsLeavesWhatItsGatewayNoted() {
    byte[] payload = ('"' + "x".repeat(100_000) + '"').getBytes(UTF_8);
    Task task =
        Task.submitted(
            TaskIds.next(Clock.systemUTC()),
            "acme",
            BuiltInTypes.ANALYTICS,
            new Task.Submission(Priority.NORMAL, "key", payload, Task.Options.NONE),
            Instant.now(),
            null);
    awaitTaken(List.of(new StatusCache.Cached(task.id(), "noted".getBytes(UTF_8))));

    CACHE.announce(TaskStatus.running(task, 1, Instant.now()));

    awaitTaken(states(1, "after it"));
    assertThat(reader.sync().get(RedisKeys.task(task.id()))).isEqualTo("noted");
  }

  @Test
  void whatAFullRedisRefusesIsLeftOutAndTheRestIsNot() {
    reader.sync().configSet("maxmemory", "1");
    List<StatusCache.Cached> refused = states(100, "refused");
    CACHE.put(refused);
    await().until(() -> reader.sync().info("errorstats").contains("errorstat_OOM"));

    reader.sync().configSet("maxmemory", "0");

    awaitTaken(states(100, "later"));
    assertThat(reader.sync().exists(key(refused.getFirst()), key(refused.getLast()))).isZero();
  }

  @Test
  void goesOnByItselfWhenRedisComesBack() {
    STACK.redis().kill();
    IntStream.range(0, 1_000).forEach(_ -> CACHE.put(states(100, "nobody there")));
    STACK.redis().start();

    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              List<StatusCache.Cached> states = states(100, "back");
              CACHE.put(states);
              await().atMost(Duration.ofMillis(200)).until(() -> isTaken(states));
            });
  }

  private static void awaitTaken(List<StatusCache.Cached> states) {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              CACHE.put(states);
              return isTaken(states);
            });
  }

  private static boolean isTaken(List<StatusCache.Cached> states) {
    String[] keys = states.stream().map(StatusCacheIT::key).toArray(String[]::new);
    return reader.sync().exists(keys) == keys.length;
  }

  private static List<StatusCache.Cached> states(int count, String json) {
    return IntStream.range(0, count)
        .mapToObj(_ -> new StatusCache.Cached(UUID.randomUUID(), json.getBytes(UTF_8)))
        .toList();
  }

  private static String key(StatusCache.Cached state) {
    return RedisKeys.task(state.id());
  }
}
