package io.taskfleet.bench.task;

import io.taskfleet.task.Payload;
import java.util.Optional;

/**
 * Says nothing.
 *
 * @param n makes it differ from the others
 */
public record NumberedPayload(long n) implements Payload {

  @Override
  public Optional<String> recipient() {
    return Optional.empty();
  }
}
