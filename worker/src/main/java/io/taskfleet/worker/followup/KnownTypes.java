package io.taskfleet.worker.followup;

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
import java.time.Duration;
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
  private static final int LONGEST_KEY = 255;
  private static final Duration LONGEST_DELAY = Duration.ofDays(366);

  private final PayloadReader payloads;
  private final Map<String, TaskType<?>> types = new HashMap<>();

  /** The built-in types and these. */
  public KnownTypes(PayloadReader payloads, Collection<? extends TaskType<?>> others) {
    this.payloads = payloads;
    others.forEach(type -> types.put(type.name(), type));
    BuiltInTypes.all().forEach(type -> types.put(type.name(), type));
    types.remove(BuiltInTypes.BATCH.name());
  }

  /** The payload, if it is a valid one. */
  public <P extends Payload> P read(TaskType<P> type, byte[] json) throws RefusedJsonException {
    return payloads.read(type, json);
  }

  /**
   * The tasks that follow from this one.
   *
   * @param at when they are submitted
   * @throws TaskRejectedException if one of them would be refused at the door
   */
  public List<Task> following(
      Task task, List<FollowUp> followUps, Instant at, @Nullable String traceparent)
      throws TaskRejectedException {
    List<Task> tasks = new ArrayList<>();
    for (FollowUp each : followUps) {
      UUID id = TaskIds.fromParent(task.id(), "follow-up " + tasks.size());
      tasks.add(
          Task.submitted(
              id, task.tenant(), known(each), submission(id, each, at), at, traceparent));
    }
    return List.copyOf(tasks);
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
    String given = followUp.key();
    String key = given != null ? checked(given) : recipient(payload).orElseGet(id::toString);
    if (followUp.delay().compareTo(LONGEST_DELAY) > 0) {
      throw new TaskRejectedException(
          ReasonCode.VALIDATION_FAILED, "a follow-up's delay is over a year");
    }
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

  private static String checked(String key) throws TaskRejectedException {
    if (key.isEmpty() || key.length() > LONGEST_KEY) {
      throw new TaskRejectedException(
          ReasonCode.VALIDATION_FAILED, "a follow-up's key must have 1 to 255 characters");
    }
    if (key.codePoints().anyMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE)) {
      throw new TaskRejectedException(
          ReasonCode.FORBIDDEN_CHARACTER, "a follow-up's key holds NUL or half a surrogate pair");
    }
    return key;
  }

  private Payload checked(TaskType<?> type, byte[] json) throws TaskRejectedException {
    try {
      return payloads.read(type, json);
    } catch (RefusedJsonException e) {
      throw new TaskRejectedException(e.reason(), "a follow-up's payload: " + e.detail());
    }
  }
}
