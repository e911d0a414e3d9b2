package io.taskfleet.worker;

import io.taskfleet.worker.consume.Engine;
import io.taskfleet.worker.fleet.Controls;
import io.taskfleet.worker.ledger.Ledger;
import io.taskfleet.worker.round.Round;
import io.taskfleet.worker.timer.Relay;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of readiness: whether the engine and its timers can work, and if not, why. */
@Component("engineHealthIndicator")
final class EngineHealth implements HealthIndicator {
  private final Engine engine;
  private final Ledger ledger;
  private final Relay relay;
  private final List<Round> rounds;
  private final Controls controls;

  EngineHealth(Engine engine, Ledger ledger, Relay relay, List<Round> rounds, Controls controls) {
    this.controls = controls;
    this.engine = engine;
    this.ledger = ledger;
    this.relay = relay;
    this.rounds = rounds;
  }

  @Override
  public Health health() {
    List<String> troubles = new ArrayList<>(engine.troubles());
    if (controls.isAway()) {
      troubles.add("Postgres does not answer");
    }
    if (relay.hasDied()) {
      troubles.add("the relay's thread has died: no due task is put back on its topic");
    }
    rounds.stream()
        .filter(Round::hasDied)
        .forEach(round -> troubles.add("the thread of " + round.name() + " has died"));
    Health.Builder health = troubles.isEmpty() ? Health.up() : Health.down();
    return health
        .withDetail("partitions", engine.assignedPartitions())
        .withDetail("fenced", ledger.fenced())
        .withDetail("troubles", troubles)
        .build();
  }
}
