package io.taskfleet.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.localstack.BreakableLocalStack;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.worker.fleet.CapFleet.Member;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Leases without Redis. */
class CapsOutageIT {
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void withoutRedisEveryWorkerHasItsPartAndWithItAgainTheLimitHolds() {
    LocalStack stack = BreakableLocalStack.get();
    try (CapFleet fleet = new CapFleet(stack.redisUri(), 7, LEASE)) {
      List<Member> members = List.of(fleet.join(), fleet.join(), fleet.join());
      await().atMost(PATIENCE).until(() -> everyOneTakes(fleet) && fleet.held() == 7);

      stack.redis().kill();
      await()
          .atMost(PATIENCE)
          .until(() -> everyOneTakes(fleet) && held(members).equals(List.of(3, 2, 2)));

      fleet.configured = List.of(new Cap(fleet.id, 2));
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                members.forEach(Member::giveAllBack);
                members.forEach(member -> member.countTakes(8));
                return held(members).equals(List.of(1, 1, 0));
              });

      stack.redis().start();
      members.forEach(member -> member.taken = 0);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                boolean _ = everyOneTakes(fleet);
                return members.stream().allMatch(member -> member.taken > 0);
              });
      assertThat(fleet.held()).isLessThanOrEqualTo(2);
    }
  }

  /** Attempts end and others begin. */
  private static boolean everyOneTakes(CapFleet fleet) {
    fleet.members.forEach(Member::giveAllBack);
    fleet.members.forEach(Member::takeAll);
    return fleet.members.stream().allMatch(member -> member.held > 0);
  }

  private static List<Integer> held(List<Member> members) {
    return members.stream().map(member -> member.held).toList();
  }
}
