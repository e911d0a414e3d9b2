package io.taskfleet.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long to wait. */
final class WaitOptions {
  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "5m",
      description = "how long to wait (5m)")
  private Duration limit = Duration.ofMinutes(5);

  Duration limit() {
    return limit;
  }
}
