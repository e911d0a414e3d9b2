package io.taskfleet.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.RedisKeys;
import io.taskfleet.worker.fleet.CapFleet.Member;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Leases while Redis is there. */
class CapsIT {
  private static final String REDIS = SharedLocalStack.get().redisUri();
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration LONG_LEASE = Duration.ofSeconds(8);
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Test
  void theFirstWorkerGetsAllItAsksForAndIsWoken() {
    try (CapFleet fleet = new CapFleet(REDIS, 20, LEASE)) {
      Member only = fleet.join();

      await().atMost(PATIENCE).until(() -> uses(only, 20));

      assertThat(only.tryTake()).isFalse();
      assertThat(only.wakeUps.get()).isPositive();
    }
  }

  @Test
  void aWorkerThatComesLaterGetsItsPart() {
    try (CapFleet fleet = new CapFleet(REDIS, 10, LEASE)) {
      Member first = fleet.join();
      await().atMost(PATIENCE).until(() -> uses(first, 10));

      Member second = fleet.join();

      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                first.giveAllBack();
                first.takeAll();
                return uses(second, 5) && first.held == 5;
              });
    }
  }

  @Test
  void whatNobodyElseWantsIsForOne() {
    try (CapFleet fleet = new CapFleet(REDIS, 10, LEASE)) {
      Member modest = fleet.join();
      Member busy = fleet.join();
      await().atMost(PATIENCE).until(() -> modest.held == 1 || modest.tryTake());

      await().atMost(PATIENCE).until(() -> uses(busy, 9));
    }
  }

  @Test
  void workersTakeTurnsWhenThereAreMoreOfThemThanPermits() {
    try (CapFleet fleet = new CapFleet(REDIS, 1, LEASE)) {
      fleet.join();
      fleet.join();
      fleet.join();

      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                fleet.members.forEach(Member::takeAll);
                fleet.members.forEach(Member::giveAllBack);
                return fleet.members.stream().allMatch(member -> member.taken > 0);
              });
    }
  }

  @Test
  void whoDrainsLeavesNothingThatOthersWouldHaveToWaitFor() {
    try (CapFleet fleet = new CapFleet(REDIS, 3, LONG_LEASE)) {
      Member leaving = fleet.join();
      await().atMost(LONG_LEASE.multipliedBy(2)).until(() -> uses(leaving, 3));
      Member staying = fleet.join();

      leaving.leave();

      await().atMost(LONG_LEASE.dividedBy(2)).until(() -> uses(staying, 3));
    }
  }

  @Test
  void aLoweredLimitHoldsAsPermitsComeBack() {
    try (CapFleet fleet = new CapFleet(REDIS, 8, LEASE)) {
      Member only = fleet.join();
      await().atMost(PATIENCE).until(() -> uses(only, 8));
      only.giveAllBack();

      fleet.configured = List.of(new Cap(fleet.id, 2));

      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                int got = only.countTakes(8);
                only.giveAllBack();
                return got == 2;
              });
    }
  }

  @Test
  void aTaskUnderSeveralCapsTakesAPermitOfEachOrNone() {
    try (CapFleet fleet = new CapFleet(REDIS, 5, LEASE)) {
      Cap wide = fleet.configured.getFirst();
      Cap narrow = new Cap(new Cap.Id(fleet.id.type(), Cap.Scope.of("key:eu-")), 1);
      fleet.configured = List.of(wide, narrow);
      Member only = fleet.join();

      await().atMost(PATIENCE).until(() -> only.caps.tryTakeAll(List.of(wide, narrow)));

      assertThat(only.caps.tryTakeAll(List.of(wide, narrow))).isFalse();
      assertThat(only.caps.inUse(wide.id())).isEqualTo(1);
      only.caps.giveBackAll(List.of(wide, narrow));
      assertThat(only.caps.inUse(narrow.id())).isZero();
    }
  }

  @Test
  void aCapThatIsTakenAwayLeavesNothingBehind() {
    RedisClient client = RedisClient.create(REDIS);
    try (CapFleet fleet = new CapFleet(REDIS, 3, LONG_LEASE);
        var redis = client.connect()) {
      String key = RedisKeys.cap(fleet.id.type(), fleet.id.scope().text());
      fleet.join();
      await().atMost(PATIENCE).until(() -> redis.sync().exists(key) == 1);

      fleet.configured = List.of();

      await().atMost(PATIENCE).until(() -> redis.sync().exists(key) == 0);
    } finally {
      client.shutdown();
    }
  }

  private static boolean uses(Member member, int permits) {
    member.takeAll();
    return member.held == permits;
  }
}
