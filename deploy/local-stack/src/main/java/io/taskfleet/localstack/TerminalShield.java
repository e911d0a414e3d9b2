package io.taskfleet.localstack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps a Ctrl-C in the terminal from a child process. The terminal sends it to the whole process
 * group, and servers that went down with it would leave their clients nothing to drain to.
 */
final class TerminalShield {
  private static final List<String> IGNORE_INTERRUPT =
      List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

  private TerminalShield() {}

  /** The command that runs the given one, with the same process id, out of the terminal's reach. */
  static List<String> around(List<String> command) {
    List<String> shielded = new ArrayList<>(setsid().map(List::of).orElse(IGNORE_INTERRUPT));
    shielded.addAll(command);
    return shielded;
  }

  private static Optional<String> setsid() {
    return Stream.of("/usr/bin/setsid", "/bin/setsid")
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst();
  }
}
