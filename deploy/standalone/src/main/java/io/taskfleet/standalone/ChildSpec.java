package io.taskfleet.standalone;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One process to run.
 *
 * @param name what it is called in messages and in the name of its log
 * @param environment added to the supervisor's own
 * @param log what it prints, appended
 * @param management the address of its health endpoints
 */
public record ChildSpec(
    String name, List<String> command, Map<String, String> environment, Path log, URI management) {

  /** Answers 200 once the process takes part in the work. */
  public URI readiness() {
    return management.resolve("/actuator/health/readiness");
  }
}
