package io.taskfleet.gateway.user;

import static io.taskfleet.gateway.user.UserCalls.cache;
import static io.taskfleet.gateway.user.UserCalls.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.localstack.SharedLocalStack;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two gateways, each with a near cache that forgets nothing by itself while a test runs. */
class UserCacheIT {
  private static final Map<String, String> LONG_MEMORY =
      Map.of("taskfleet.users.cache.near-time-to-live", "10m");

  /** Long before a near cache would ask again. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private static TestGateway gateway;
  private static TestGateway other;
  private static UserCalls calls;
  private static UserCalls otherCalls;

  @BeforeAll
  static void start() {
    String database = SharedLocalStack.createDatabase("users_cache");
    gateway = TestGateway.start(SharedLocalStack.get(), database, LONG_MEMORY);
    other = TestGateway.start(SharedLocalStack.get(), database, LONG_MEMORY);
    calls = UserCalls.of(gateway);
    otherCalls = UserCalls.of(other);
    // Until the first reads of the tenant have agreed on a generation, and Redis answers both.
    String id = calls.create();
    Awaitility.await().until(() -> cache(otherCalls.get(id)).equals("hit"));
    Awaitility.await().until(() -> cache(calls.get(id)).equals("hit"));
  }

  @AfterAll
  static void stop() {
    other.close();
    gateway.close();
  }

  @Test
  void answersFromPostgresOnceAndThenFromCaches() {
    String id = calls.create();

    HttpResponse<String> first = calls.get(id);
    HttpResponse<String> second = calls.get(id);
    HttpResponse<String> elsewhere = otherCalls.get(id);

    assertThat(cache(first)).isEqualTo("miss");
    assertThat(first.headers().firstValue("Age")).hasValue("0");
    assertThat(cache(second)).isEqualTo("hit");
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(cache(elsewhere)).isEqualTo("hit");
    assertThat(elsewhere.body()).isEqualTo(first.body());
    Awaitility.await()
        .until(() -> Integer.parseInt(calls.get(id).headers().firstValue("Age").orElse("0")) >= 1);
  }

  @Test
  void showsAChangeOnBothGatewaysWithoutDelay() {
    String id = calls.create();
    for (int i = 0; i < 5; i++) {
      warm(id);
      String name = "Name " + i;
      UserCalls writer = i % 2 == 0 ? calls : otherCalls;

      json(writer.patch(id, "{\"name\":\"" + name + "\"}"), 200);

      assertThat(json(writer.get(id), 200).get("name").asString()).isEqualTo(name);
      UserCalls reader = i % 2 == 0 ? otherCalls : calls;
      Awaitility.await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(5))
          .untilAsserted(
              () -> assertThat(json(reader.get(id), 200).get("name").asString()).isEqualTo(name));
    }
  }

  @Test
  void showsADeletionOnTheOtherGateway() {
    String id = calls.create();
    warm(id);

    assertThat(calls.delete(id).statusCode()).isEqualTo(204);

    json(calls.get(id), 404);
    Awaitility.await().atMost(SOON).until(() -> otherCalls.get(id).statusCode() == 404);
  }

  @Test
  void showsAChangeOfManyOnTheOtherGateway() {
    List<String> ids = List.of(calls.create(), calls.create(), calls.create());
    ids.forEach(UserCacheIT::warm);
    String body = "{\"ids\":[\"%s\"],\"status\":\"suspended\"}".formatted(ids.getFirst());

    json(calls.setStatus(body), 200);

    assertThat(json(calls.get(ids.getFirst()), 200).get("status").asString())
        .isEqualTo("suspended");
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(json(otherCalls.get(ids.getFirst()), 200).get("status").asString())
                    .isEqualTo("suspended"));
    assertThat(json(otherCalls.get(ids.getLast()), 200).get("status").asString())
        .isEqualTo("active");
    // What was of the generation before makes room.
    UUID last = UUID.fromString(ids.getLast());
    Awaitility.await()
        .until(() -> gateway.bean(SharedCache.class).look("default", last).user().isPresent());
  }

  private static void warm(String id) {
    Awaitility.await()
        .until(() -> cache(calls.get(id)).equals("hit") && cache(otherCalls.get(id)).equals("hit"));
  }

  @Test
  void aReadThatBeganBeforeAChangeLeavesNothingBehind() {
    UUID id = UUID.fromString(calls.create());
    SharedCache shared = other.bean(SharedCache.class);
    SharedCache.Look before = shared.look("default", id);
    CachedUser old =
        CachedUser.of(
            other.bean(UserRepository.class).find("default", id).orElseThrow(), Instant.now());

    json(calls.patch(id.toString(), "{\"name\":\"New\"}"), 200);
    shared.fill(before, "default", id, old);

    assertThat(before.generation()).isPresent();
    assertThat(shared.look("default", id).user()).isEmpty();
    json(calls.setStatus("{\"filter\":{\"status\":\"suspended\"},\"status\":\"active\"}"), 200);
    UUID another = UUID.fromString(calls.create());
    SharedCache.Look earlier = shared.look("default", another);
    json(calls.setStatus("{\"filter\":{\"status\":\"suspended\"},\"status\":\"active\"}"), 200);
    shared.fill(earlier, "default", another, old);
    assertThat(earlier.generation()).isPresent();
    assertThat(shared.look("default", another).user()).isEqualTo(Optional.empty());
  }

  @Test
  void asksPostgresOnceForManyWhoAskAtOnce() throws Exception {
    UUID id = UUID.fromString(calls.create());
    AtomicInteger loads = new AtomicInteger();
    UserCache cache = counting(loads);
    CountDownLatch go = new CountDownLatch(64);
    List<Callable<UserCache.Found>> reads =
        Collections.nCopies(
            64,
            () -> {
              go.countDown();
              go.await();
              return cache.find("default", id);
            });

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<UserCache.Found> found : threads.invokeAll(reads)) {
        assertThat(new String(found.get().user().json(), UTF_8)).contains(id.toString());
      }
    }

    assertThat(loads.get()).isEqualTo(1);
  }

  private static UserCache counting(AtomicInteger loads) {
    UserRepository rows = gateway.bean(UserRepository.class);
    UserRepository counted =
        (UserRepository)
            Proxy.newProxyInstance(
                UserRepository.class.getClassLoader(),
                new Class<?>[] {UserRepository.class},
                (proxy, method, arguments) -> {
                  loads.incrementAndGet();
                  return method.invoke(rows, arguments);
                });
    return new UserCache(
        gateway.bean(UserProperties.class).cache(),
        gateway.bean(SharedCache.class),
        counted,
        new Turns(6, Duration.ofSeconds(1), "users cannot be reached at the moment"),
        Clock.systemUTC());
  }

  @Test
  void tenantsShareNoKey() {
    UUID id = UUID.fromString(calls.create());
    List<String> tenants = List.of("ä", "ö", "a:b", "a", "?", "a%3Ab", "");

    assertThat(tenants.stream().map(tenant -> UserKeys.user(tenant, id)).distinct())
        .hasSameSizeAs(tenants)
        .allMatch(key -> key.chars().allMatch(c -> c < 128));
    assertThat(tenants.stream().map(UserKeys::generation).distinct()).hasSameSizeAs(tenants);
  }
}
