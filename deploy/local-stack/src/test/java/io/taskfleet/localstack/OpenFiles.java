package io.taskfleet.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What processes have open, on systems that tell in {@code /proc}; elsewhere that is nothing. */
final class OpenFiles {
  private OpenFiles() {}

  /** The lock itself does not count: it is let go of a moment before it is closed. */
  static void assertNoneIn(Path directory, ProcessHandle process) {
    assertThat(of(process))
        .filteredOn(file -> file.startsWith(directory))
        .filteredOn(file -> !file.endsWith(EmbeddedBroker.LOCK_FILE))
        .isEmpty();
  }

  private static List<Path> of(ProcessHandle process) {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> links = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
      for (Path link : links.toList()) {
        files.add(Files.readSymbolicLink(link));
      }
    } catch (IOException gone) {
      // The process is, or this file is no longer open, and it is being closed.
    }
    return files;
  }
}
