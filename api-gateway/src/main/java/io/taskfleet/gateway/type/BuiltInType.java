package io.taskfleet.gateway.type;

import io.taskfleet.handler.TaskType;
import io.taskfleet.task.Addressed;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import java.util.Optional;

/** A type whose payload is a record that gateway and worker share. */
record BuiltInType(TaskType<? extends Addressed> type, PayloadReader payloads)
    implements SubmittedType {

  @Override
  public String name() {
    return type.name();
  }

  @Override
  public Optional<String> check(byte[] payload) throws RefusedJsonException {
    return payloads.read(type, payload).recipient();
  }
}
