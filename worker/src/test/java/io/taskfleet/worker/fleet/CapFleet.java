package io.taskfleet.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Workers that share one cap, and a count of what they use together. Used by one thread. */
final class CapFleet implements AutoCloseable {
  private static final AtomicInteger NAMES = new AtomicInteger();

  final Cap.Id id = new Cap.Id("model-" + NAMES.incrementAndGet(), Cap.Scope.of("tenant:acme"));
  final List<Member> members = new ArrayList<>();
  private final RedisClient client = RedisClient.create();
  private final RedisURI redis;
  private final Duration lease;
  private int joined;

  /** Read by the renewing threads. */
  volatile List<Cap> configured;

  CapFleet(String redisUri, int limit, Duration lease) {
    this.redis = RedisURI.create(redisUri);
    this.lease = lease;
    this.configured = List.of(new Cap(id, limit));
  }

  /** One worker. */
  final class Member {
    final Caps caps;
    final AtomicInteger wakeUps = new AtomicInteger();
    private final RedisLink link =
        new RedisLink(client.getResources(), redis, Duration.ofMillis(500));
    int held;
    int taken;

    Member(String name) {
      caps = new Caps(name, link, () -> configured, lease, lease.dividedBy(20));
      caps.onGrant(id.type(), wakeUps::incrementAndGet);
      caps.start();
    }

    boolean tryTake() {
      if (!caps.tryTake(new Cap(id, limit()))) {
        return false;
      }
      held++;
      taken++;
      requireWithinLimit();
      return true;
    }

    void takeAll() {
      while (tryTake()) {
        assertThat(held).isPositive();
      }
    }

    /** Takes what it gets of so many, also above the limit, and answers how many that were. */
    int countTakes(int most) {
      int before = held;
      while (held - before < most && caps.tryTake(configured.getFirst())) {
        held++;
      }
      return held - before;
    }

    void giveBack() {
      caps.giveBack(new Cap(id, limit()));
      held--;
    }

    void giveAllBack() {
      while (held > 0) {
        giveBack();
      }
    }

    /** Ends in good order. */
    void leave() {
      giveAllBack();
      members.remove(this);
      caps.close();
      link.close();
    }

    /** Ends without telling anybody. */
    void crash() {
      members.remove(this);
      caps.halt();
      link.close();
    }
  }

  Member join() {
    Member member = new Member("worker-" + joined++);
    members.add(member);
    return member;
  }

  int limit() {
    return configured.getFirst().limit();
  }

  int held() {
    return members.stream().mapToInt(member -> member.held).sum();
  }

  private void requireWithinLimit() {
    assertThat(held()).as("in use of %s", id).isLessThanOrEqualTo(limit());
  }

  @Override
  public void close() {
    List.copyOf(members).forEach(Member::crash);
    client.shutdown();
  }
}
