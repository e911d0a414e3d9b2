package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.taskfleet.worker.attempt.RunningWatch;
import io.taskfleet.worker.cache.StatusCache;
import io.taskfleet.worker.consume.Engine;
import io.taskfleet.worker.fleet.Controls;
import io.taskfleet.worker.fleet.DatabaseClock;
import io.taskfleet.worker.ledger.Aftermath;
import io.taskfleet.worker.ledger.Ledger;
import io.taskfleet.worker.ledger.TaskTable;
import io.taskfleet.worker.rollup.Rollups;
import io.taskfleet.worker.rollup.TestRollups;
import io.taskfleet.worker.round.Round;
import io.taskfleet.worker.telemetry.LedgerMeters;
import io.taskfleet.worker.timer.Lateness;
import io.taskfleet.worker.timer.Redrives;
import io.taskfleet.worker.timer.Relay;
import io.taskfleet.worker.timer.Schedules;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** With nothing to connect to. */
class EngineHealthTest {
  private static final Duration INTERVAL = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Database database = new Database();
  private final RedisClient redis = RedisClient.create("redis://127.0.0.1:1");
  private final Producer<byte[], byte[]> producer =
      new KafkaProducer<>(
          Map.of("bootstrap.servers", "127.0.0.1:1"),
          new ByteArraySerializer(),
          new ByteArraySerializer());
  private final Ledger ledger = ledger();
  private final Relay relay =
      new Relay(
          database,
          producer,
          new Schedules(database, "worker", new Lateness(INTERVAL, INTERVAL)),
          INTERVAL);
  private final Round redrives =
      new Round("redrives", INTERVAL, new Redrives(database, 1, INTERVAL, _ -> {}));
  private final Round rollups =
      new Round("rollups", INTERVAL, new Rollups(database, TestRollups.PROPERTIES));
  private final EngineHealth health =
      new EngineHealth(
          new Engine(ledger, new RunningWatch(_ -> {}), new SimpleMeterRegistry()),
          ledger,
          relay,
          List.of(redrives, rollups),
          new Controls(database, List.of(), INTERVAL, new DatabaseClock(Clock.systemUTC())));

  private Ledger ledger() {
    return new Ledger(
        database,
        new TaskTable(database, "worker"),
        new Aftermath(producer, new StatusCache(redis, Duration.ofHours(1))),
        new LedgerMeters(new SimpleMeterRegistry(), Clock.systemUTC()),
        "worker");
  }

  @AfterEach
  void close() throws Exception {
    boolean _ = relay.drain(PATIENCE);
    redrives.drain(PATIENCE);
    rollups.drain(PATIENCE);
    producer.close();
    redis.shutdown(Duration.ZERO, PATIENCE);
  }

  @Test
  void aDeadRelayTurnsReadinessDown() {
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);

    database.broken = true;
    relay.start();

    await().dontCatchUncaughtExceptions().atMost(PATIENCE).until(relay::hasDied);
    assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.health().getDetails().get("troubles")).asString().contains("relay");
  }

  @Test
  void deadRedrivesTurnReadinessDown() {
    database.broken = true;
    redrives.start();

    await()
        .dontCatchUncaughtExceptions()
        .atMost(PATIENCE)
        .until(() -> health.health().getStatus().equals(Status.DOWN));
    assertThat(health.health().getDetails().get("troubles")).asString().contains("redrives");
  }

  @Test
  void deadRollupsTurnReadinessDown() {
    database.broken = true;
    rollups.start();

    await()
        .dontCatchUncaughtExceptions()
        .atMost(PATIENCE)
        .until(() -> health.health().getStatus().equals(Status.DOWN));
    assertThat(health.health().getDetails().get("troubles")).asString().contains("rollups");
  }

  @Test
  void thatPostgresIsAwayKillsNoneAndWhatWasDrainedIsNotDead() throws Exception {
    relay.start();
    redrives.start();
    rollups.start();
    await().atMost(PATIENCE).until(() -> database.asked > 10);
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);

    assertThat(relay.drain(PATIENCE)).isTrue();
    redrives.drain(PATIENCE);
    rollups.drain(PATIENCE);
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
  }

  /** Away, or the end of whoever asks. */
  private static final class Database extends AbstractDataSource {
    volatile boolean broken;
    volatile int asked;

    @Override
    public synchronized Connection getConnection() throws SQLException {
      asked++;
      if (broken) {
        throw new InternalError("no thread lives through this");
      }
      throw new SQLException("away");
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }
  }
}
