package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.idempotency.IdempotencyKey;
import io.taskfleet.gateway.submit.TaskReader.Origin;
import java.time.Clock;
import java.util.UUID;

/** Who hands a batch over, and under which name. */
record Submitter(String tenant, IdempotencyKey key, String traceparent, Clock clock) {

  UUID batchId() {
    return key.batchId(tenant, clock);
  }

  /** The origin of the task on this line. */
  Origin ofLine(int line) {
    return of(key.taskId(tenant, line, clock));
  }

  /** The origin of the task with this id. */
  Origin of(UUID id) {
    return new Origin(id, tenant, clock.instant(), traceparent);
  }
}
