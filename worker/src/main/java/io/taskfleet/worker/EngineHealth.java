package io.taskfleet.worker;

import io.taskfleet.worker.consume.Engine;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of readiness: whether the engine can work, and if not, why. */
@Component("engineHealthIndicator")
final class EngineHealth implements HealthIndicator {
  private final Engine engine;

  EngineHealth(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Health health() {
    List<String> troubles = engine.troubles();
    Health.Builder health = troubles.isEmpty() ? Health.up() : Health.down();
    return health
        .withDetail("partitions", engine.assignedPartitions())
        .withDetail("fenced", engine.fenced())
        .withDetail("troubles", troubles)
        .build();
  }
}
