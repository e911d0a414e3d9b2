package io.taskfleet.worker.dependency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.failure.FailureClassifier;
import java.net.SocketException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that share what they find out, on a Redis of their own because it is stopped. */
@Timeout(60)
class DependencySharingIT {
  private static final Duration A_SECOND = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static LocalStack stack;

  private final List<Worker> workers = new ArrayList<>();
  private final String name = "webhook:" + NAMES.incrementAndGet() + ".example:443";

  @BeforeAll
  static void start() {
    stack = BreakableLocalStack.get();
  }

  @AfterEach
  void closeWorkers() {
    workers.forEach(Worker::close);
    stack.redis().start();
  }

  @Test
  void whatOneFindsOutSparesTheOthersAndIsToldOnce() throws Exception {
    List<String> said = new CopyOnWriteArrayList<>();
    Worker listener = worker(LONG);
    listener.listen(said);
    Worker first = worker(LONG);
    Worker second = worker(LONG);
    Worker third = worker(Duration.ofSeconds(5));
    second.call();
    third.call();

    first.fail();

    await().until(() -> second.refuses() && third.refuses() && !said.isEmpty());
    assertThatThrownBy(second::call).isInstanceOf(CallRefusedException.class);
    assertThat(third.dependency().refusesUntil())
        .as("no longer than by itself")
        .isBefore(Instant.now().plusSeconds(6));
    assertThat(said).hasSize(1);
  }

  @Test
  void whoMeetsItLaterReadsTheKey() {
    worker(LONG).fail();
    Worker late = worker(LONG);

    Dependency _ = late.dependency();

    await().until(late::refuses);
    assertThat(late.dependency().refusesUntil()).isBefore(Instant.now().plus(LONG));
  }

  @Test
  void aCloseIsToldAndMakesTheOthersProbe() throws Exception {
    Worker patient = worker(LONG);
    Worker hasty = worker(SHORT);
    hasty.call();
    patient.fail();
    await().until(hasty::refuses);

    await().atMost(SHORT.multipliedBy(2)).until(() -> !hasty.refuses());
    hasty.call();

    await().until(() -> !patient.refuses());
    patient.call();
    assertThat(patient.state()).isEqualTo(DependencyState.State.CLOSED);
    assertThat(isKeyThere()).isFalse();
  }

  @Test
  void aFlushChangesNothingForThoseWhoKnow() throws Exception {
    Worker first = worker(LONG);
    Worker second = worker(LONG);
    second.call();
    first.fail();
    await().until(second::refuses);

    try (RedisClient client = RedisClient.create(stack.redisUri())) {
      RedisCommands<String, String> commands = client.connect().sync();
      commands.flushall();
      assertThat(commands.publish(RedisKeys.BREAKERS, "no json")).isPositive();
    }

    assertThatThrownBy(second::call).isInstanceOf(CallRefusedException.class);
    assertThat(first.refuses()).isTrue();
  }

  @Test
  void withoutRedisEachGoesOnAloneAndNobodyWaits() throws Exception {
    Worker first = worker(LONG);
    Worker second = worker(LONG);
    second.call();
    stack.redis().kill();

    Instant begun = Instant.now();
    first.fail();
    second.call();

    assertThat(Duration.between(begun, Instant.now())).isLessThan(A_SECOND);
    assertThat(first.refuses()).isTrue();
    assertThat(second.refuses()).isFalse();
  }

  @Test
  void whoeverComesBackReadsWhatItMissed() {
    Worker first = worker(LONG);
    Worker second = worker(LONG);
    first.fail();
    await().until(this::isKeyThere);
    stack.redis().stop();
    Dependency _ = second.dependency();
    assertThat(second.refuses()).isFalse();

    stack.redis().start();

    await().atMost(Duration.ofSeconds(30)).until(second::refuses);
  }

  private boolean isKeyThere() {
    try (RedisClient client = RedisClient.create(stack.redisUri())) {
      return client.connect().sync().exists(RedisKeys.breaker(name)) == 1;
    }
  }

  private Worker worker(Duration openFor) {
    Worker worker = new Worker(openFor);
    workers.add(worker);
    return worker;
  }

  private final class Worker {
    private final RedisClient redis = RedisClient.create(stack.redisUri());
    final Dependencies dependencies;
    private final SharedBreakers shared;

    Worker(Duration openFor) {
      redis.setOptions(
          ClientOptions.builder()
              .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
              .build());
      DependencyProperties.Breaker breaker =
          new DependencyProperties.Breaker(2, LONG, 50, A_SECOND, openFor, 1, LONG);
      DependencyProperties properties =
          new DependencyProperties(breaker, Duration.ZERO, null, Map.of(), LONG, 10);
      dependencies =
          new Dependencies(
              properties,
              CircuitBreakerRegistry.ofDefaults(),
              RateLimiterRegistry.ofDefaults(),
              new FailureClassifier(),
              Clock.systemUTC());
      shared = new SharedBreakers(redis, dependencies, "worker");
      shared.start();
      await().until(shared::isListening);
    }

    void listen(List<String> said) {
      var connection = redis.connectPubSub();
      connection.addListener(
          new RedisPubSubAdapter<String, String>() {
            @Override
            public void message(String channel, String message) {
              said.add(message);
            }
          });
      connection.sync().subscribe(RedisKeys.BREAKERS);
    }

    Dependency dependency() {
      return dependencies.named(name, 5);
    }

    void call() throws Exception {
      assertThat(dependency().call(() -> "up")).isEqualTo("up");
    }

    void fail() {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(
                () ->
                    dependency()
                        .call(
                            () -> {
                              throw new SocketException();
                            }))
            .isInstanceOf(SocketException.class);
      }
    }

    boolean refuses() {
      return dependency().refusesUntil() != null;
    }

    DependencyState.State state() {
      return dependencies.states().getFirst().state();
    }

    void close() {
      shared.close();
      redis.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
  }
}
