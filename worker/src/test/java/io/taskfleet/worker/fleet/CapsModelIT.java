package io.taskfleet.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.worker.fleet.CapFleet.Member;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever workers and Redis do, the limit holds and everybody gets a permit in the end. */
class CapsModelIT {
  /** One that other tests do not use, since it is emptied. */
  private static final String REDIS = SharedLocalStack.get().redisUri() + "/5";

  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final int STEPS = 5_000;
  private static final int CALLS = 8;
  private static final long STEP_NANOS = 1_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void staysWithinTheLimitAndServesEverybody(long seed) {
    Random random = new Random(seed);
    RedisClient client = RedisClient.create(REDIS);
    try (CapFleet fleet = new CapFleet(REDIS, 1 + random.nextInt(12), LEASE);
        StatefulRedisConnection<String, String> redis = client.connect()) {
      fleet.join();
      fleet.join();

      for (int step = 0; step < STEPS; step++) {
        upset(fleet, redis, random);
        work(fleet, random);
      }

      assertThat(fleet.members.stream().mapToInt(member -> member.taken).sum())
          .as("permits taken, seed %s", seed)
          .isPositive();
      serveEverybody(fleet, seed);
    } finally {
      client.shutdown();
    }
  }

  /** Every second or two something happens to the fleet. */
  private static void upset(
      CapFleet fleet, StatefulRedisConnection<String, String> redis, Random random) {
    int members = fleet.members.size();
    switch (random.nextInt(6_000)) {
      case 0, 1, 2, 3 -> {
        if (members < 6) {
          fleet.join();
        }
      }
      case 4, 5 -> {
        if (members > 1) {
          fleet.members.get(random.nextInt(members)).crash();
        }
      }
      case 6 -> {
        if (members > 1) {
          fleet.members.get(random.nextInt(members)).leave();
        }
      }
      case 7, 8 -> redis.sync().flushdb();
      default -> {}
    }
  }

  private static void work(CapFleet fleet, Random random) {
    for (int call = 0; call < CALLS; call++) {
      Member member = fleet.members.get(random.nextInt(fleet.members.size()));
      if (random.nextInt(5) < 3) {
        member.tryTake();
      } else if (member.held > 0) {
        member.giveBack();
      }
    }
    // The time that attempts take.
    LockSupport.parkNanos(STEP_NANOS);
  }

  private static void serveEverybody(CapFleet fleet, long seed) {
    while (fleet.members.size() < 5) {
      fleet.join();
    }
    fleet.configured = List.of(new Cap(fleet.id, fleet.limit()));
    fleet.members.forEach(Member::giveAllBack);
    fleet.members.forEach(member -> member.taken = 0);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (fleet.members.stream().anyMatch(member -> member.taken == 0)) {
      assertThat(System.nanoTime())
          .as("seed %s: %s had no permit", seed, unserved(fleet))
          .isLessThan(end);
      fleet.members.forEach(Member::takeAll);
      LockSupport.parkNanos(STEP_NANOS);
      fleet.members.forEach(Member::giveAllBack);
    }
  }

  private static long unserved(CapFleet fleet) {
    return fleet.members.stream().filter(member -> member.taken == 0).count();
  }
}
