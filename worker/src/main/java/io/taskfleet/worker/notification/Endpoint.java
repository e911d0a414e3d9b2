package io.taskfleet.worker.notification;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A registered endpoint.
 *
 * @param secrets that sign its calls, newest first
 * @param failing whether no call has succeeded of late
 * @param disabledBecause why it is not called any more; null if it is
 */
public record Endpoint(
    UUID id, String url, List<String> secrets, boolean failing, @Nullable String disabledBecause) {

  @Override
  public String toString() {
    return "Endpoint[id=" + id + "]";
  }
}
