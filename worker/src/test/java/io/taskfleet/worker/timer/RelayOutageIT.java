package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a relay survives. */
class RelayOutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private final String type = "outage" + UUID.randomUUID().toString().replace("-", "");
  private LocalStack stack;
  private TimerFixture fleet;
  private Relay relay;

  @BeforeEach
  void start() {
    stack = BreakableLocalStack.get();
    fleet = new TimerFixture(stack, BreakableLocalStack.createDatabase("relay_outage"));
    fleet.createTopics(type);
    relay =
        new Relay(
            fleet.dataSource,
            fleet.producer,
            ScheduleFixture.schedules(fleet.dataSource),
            Duration.ofMillis(250));
    relay.start();
  }

  @AfterEach
  void stop() throws Exception {
    relay.drain(Duration.ofSeconds(1));
    fleet.close();
  }

  @Test
  void withoutKafkaTasksWaitAndSpendNothingAndGoOutSoonAfterItIsBack() {
    fleet.insertDue(type, 100, Duration.ZERO);
    awaitQueued(100);

    stack.kafka().kill();
    fleet.insertDue(type, 3_000, Duration.ofSeconds(2));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                fleet.count(
                        "select count(*) from task where due_at > now() + interval '10 seconds'")
                    > 0);
    // Handed back once their sends have failed, and not claimed over and over.
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                fleet.count("select count(*) from task where due_at > now() + interval '1 second'")
                    == 0);
    stack.kafka().start();
    long back = System.nanoTime();

    awaitQueued(3_100);
    assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(Duration.ofSeconds(15));
    assertThat(fleet.count("select count(*) from task where attempt <> 1 or delivery <> 1"))
        .isZero();
    assertThat(fleet.records(type).stream().map(TimerFixture::id).distinct()).hasSize(3_100);
  }

  @Test
  void withoutPostgresTheRelayWaitsAndGoesOnWhenItIsBack() {
    fleet.insertDue(type, 5_000, Duration.ofSeconds(1));

    stack.postgres().kill();
    stack.postgres().start();

    awaitQueued(5_000);
    assertThat(fleet.records(type).stream().map(TimerFixture::id).distinct()).hasSize(5_000);
  }

  private void awaitQueued(long count) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        fleet.count(
                            "select count(*) from task"
                                + " where state = 'queued' and due_at is null"))
                    .isEqualTo(count));
  }
}
