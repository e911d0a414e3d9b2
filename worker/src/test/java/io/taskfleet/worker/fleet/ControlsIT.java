package io.taskfleet.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.worker.dependency.DependencyControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

class ControlsIT {
  private static final LocalStack STACK = BreakableLocalStack.get();
  private static final DriverManagerDataSource DATABASE =
      new DriverManagerDataSource(
          BreakableLocalStack.createDatabase("controls"), STACK.jdbcUser(), STACK.jdbcPassword());
  private static final JdbcClient SQL = JdbcClient.create(DATABASE);

  /** A look each second, and what the machine takes. */
  private static final Duration SEEN = Duration.ofSeconds(8);

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final DatabaseClock CLOCK =
      new DatabaseClock(Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)));
  private static final Controls CONTROLS =
      new Controls(
          DATABASE,
          List.of("queue", "weights", "capped", "outage", "early"),
          Duration.ofSeconds(1),
          CLOCK);

  @BeforeAll
  static void start() {
    new ResourceDatabasePopulator(
            new ClassPathResource("db/migration/V1__tasks.sql"),
            new ClassPathResource("db/migration/V2__engine.sql"),
            new ClassPathResource("db/migration/V5__batches.sql"))
        .execute(DATABASE);
    SQL.sql("insert into queue_control (type, scope, paused, updated_by) values (?, ?, true, 'me')")
        .params("early", "type")
        .update();
    CONTROLS.start();
  }

  @AfterAll
  static void stop() {
    CONTROLS.close();
  }

  @Test
  void whatWasSetBeforeHoldsFromTheStart() {
    assertThat(CONTROLS.of("early").paused()).isTrue();
    assertThat(CONTROLS.of("never set")).isEqualTo(QueueControl.NONE);
  }

  @Test
  void theClockIsPostgresFromTheStart() {
    assertThat(CLOCK.instant())
        .isCloseTo(Instant.now(), within(Duration.ofMillis(500).toMillis(), ChronoUnit.MILLIS));
  }

  @Test
  void aChangedRowIsSeenSoon() {
    set("queue", "type", "paused, concurrency", "true, 7");
    await().atMost(SEEN).until(() -> CONTROLS.of("queue").paused());
    assertThat(CONTROLS.of("queue").concurrency()).isEqualTo(7);

    SQL.sql("delete from queue_control where type = 'queue'").update();

    await().atMost(SEEN).until(() -> CONTROLS.of("queue").equals(QueueControl.NONE));
  }

  @Test
  void tenantsAndKeysArePausedAndWeighted() {
    set("weights", "tenant:acme", "weight", "5");
    set("weights", "tenant:slow", "paused", "true");
    set("weights", "key:eu-", "paused", "true");

    await()
        .atMost(SEEN)
        .until(
            () ->
                CONTROLS.of("weights").pauses("slow", "x")
                    && CONTROLS.of("weights").pauses("acme", "eu-1")
                    && CONTROLS.of("weights").tenantWeights().equals(Map.of("acme", 5)));
    assertThat(CONTROLS.of("weights").pauses("acme", "us-1")).isFalse();
  }

  @Test
  void capsAreThoseOfOwnTypesOnly() {
    set("capped", "type", "max_concurrent", "10");
    set("capped", "tenant:acme", "max_concurrent", "3");
    set("capped", "key:eu-", "max_concurrent", "2");
    set("of another worker", "type", "max_concurrent", "1");

    await().atMost(SEEN).until(() -> CONTROLS.of("capped").caps().size() == 3);
    assertThat(CONTROLS.caps()).containsExactlyInAnyOrderElementsOf(CONTROLS.of("capped").caps());
    assertThat(CONTROLS.of("capped").capsOn("other", "eu-1").stream().map(Cap::limit))
        .containsExactlyInAnyOrder(10, 2);
  }

  @Test
  void cancelledTasksAreToldOnce() {
    Collection<UUID> told = new CopyOnWriteArrayList<>();
    CONTROLS.onCancelled(told::addAll);
    UUID first = cancel("1 second");
    await().atMost(SEEN).until(() -> told.contains(first));

    UUID second = cancel("20 seconds");
    UUID old = cancel("20 minutes");

    await().atMost(SEEN).until(() -> told.contains(second));
    assertThat(told).containsOnlyOnce(first).doesNotContain(old);
  }

  @Test
  void dependencyControlsAreToldWhenTheyChange() {
    List<Map<String, DependencyControl>> told = new CopyOnWriteArrayList<>();
    CONTROLS.onDependencies(
        _ -> {
          throw new IllegalStateException("a listener that fails");
        });
    CONTROLS.onDependencies(told::add);

    SQL.sql(
            "insert into dependency_control (name, forced, per_second, updated_by)"
                + " values ('smtp', 'open', 5, 'me')")
        .update();

    await()
        .atMost(SEEN)
        .until(
            () ->
                told.getLast()
                    .equals(
                        Map.of(
                            "smtp",
                            new DependencyControl(DependencyControl.Forced.OPEN, null, 5))));
  }

  @Test
  void whatWasSeenHoldsWhilePostgresIsAway() {
    set("outage", "type", "concurrency", "3");
    await().atMost(SEEN).until(() -> Integer.valueOf(3).equals(concurrency()));

    STACK.postgres().kill();
    assertThat(concurrency()).isEqualTo(3);
    STACK.postgres().start();
    SQL.sql("update queue_control set concurrency = 4 where type = 'outage'").update();

    await().atMost(PATIENCE).until(() -> Integer.valueOf(4).equals(concurrency()));
  }

  private static @Nullable Integer concurrency() {
    return CONTROLS.of("outage").concurrency();
  }

  private static void set(String type, String scope, String columns, String values) {
    SQL.sql(
            "insert into queue_control (type, scope, updated_by, %s) values (?, ?, 'me', %s)"
                .formatted(columns, values))
        .params(type, scope)
        .update();
  }

  private static UUID cancel(String ago) {
    UUID id = UUID.randomUUID();
    SQL.sql(
            "insert into task (id, tenant, type, priority, ordering_key, state, attempt, delivery,"
                + " payload_hash, worker, created_at, finished_at) values (?, 'acme', 'queue',"
                + " 'normal', 'k', 'cancelled', 0, 1, '', '', now(), now() - ?::interval)")
        .params(id, ago)
        .update();
    return id;
  }
}
