package io.taskfleet.worker.attempt;

import io.taskfleet.handler.FollowUp;
import io.taskfleet.handler.Payload;
import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Addressed;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.failure.TaskRejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The types that tasks of this worker can be followed by: the built-in ones and others. */
public final class KnownTypes {
  private static final int LARGEST_PAYLOAD = 1 << 20;

  private final PayloadReader payloads;
  private final Map<String, TaskType<?>> types = new HashMap<>();

  /** The built-in types and these. */
  public KnownTypes(PayloadReader payloads, Collection<? extends TaskType<?>> others) {
    this.payloads = payloads;
    others.forEach(type -> types.put(type.name(), type));
    BuiltInTypes.all().forEach(type -> types.put(type.name(), type));
    types.remove(BuiltInTypes.BATCH.name());
  }

  <P extends Payload> P read(TaskType<P> type, byte[] json) throws RefusedJsonException {
    return payloads.read(type, json);
  }

  /**
   * The tasks that follow from this one.
   *
   * @param at when they are submitted
   * @throws TaskRejectedException if one of them would be refused at the door
   */
  List<Effect> following(
      Task task, List<FollowUp> followUps, Instant at, @Nullable String traceparent)
      throws TaskRejectedException {
    List<Effect> effects = new ArrayList<>();
    for (FollowUp each : followUps) {
      UUID id = TaskIds.fromParent(task.id(), "follow-up " + effects.size());
      effects.add(
          new Effect.TaskSubmitted(
              Task.submitted(
                  id, task.tenant(), known(each), submission(id, each, at), at, traceparent)));
    }
    return List.copyOf(effects);
  }

  private TaskType<?> known(FollowUp followUp) throws TaskRejectedException {
    TaskType<?> type = types.get(followUp.type());
    if (type == null) {
      throw new TaskRejectedException(ReasonCode.UNKNOWN_TYPE, "a follow-up of no known type");
    }
    return type;
  }

  private Task.Submission submission(UUID id, FollowUp followUp, Instant at)
      throws TaskRejectedException {
    byte[] json = StrictJson.mapper().writeValueAsBytes(followUp.payload());
    if (json.length > LARGEST_PAYLOAD) {
      throw new TaskRejectedException(ReasonCode.LIMITS_EXCEEDED, "a follow-up is too large");
    }
    Payload payload = checked(known(followUp), json);
    String key =
        followUp.key() != null ? followUp.key() : recipient(payload).orElseGet(id::toString);
    Instant runAt = followUp.delay().isZero() ? null : at.plus(followUp.delay());
    return new Task.Submission(
        Priority.NORMAL,
        key,
        json,
        runAt == null ? Task.Options.NONE : new Task.Options(null, null, runAt, null));
  }

  private static Optional<String> recipient(Payload payload) {
    return payload instanceof Addressed addressed ? addressed.recipient() : Optional.empty();
  }

  private Payload checked(TaskType<?> type, byte[] json) throws TaskRejectedException {
    try {
      return payloads.read(type, json);
    } catch (RefusedJsonException e) {
      throw new TaskRejectedException(e.reason(), "a follow-up's payload: " + e.detail());
    }
  }
}
