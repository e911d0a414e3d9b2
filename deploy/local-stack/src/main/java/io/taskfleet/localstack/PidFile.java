package io.taskfleet.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The file in which a server notes its process id, and so the way to that process even after the
 * JVM that started it is gone.
 *
 * @param path the file, which need not exist
 * @param program what the process must be running for the note to be believed, since process ids
 *     are used again
 */
record PidFile(Path path, String program) {
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(5);

  Optional<ProcessHandle> process() {
    try {
      String firstLine = Files.readString(path).lines().findFirst().orElse("").strip();
      return ProcessHandle.of(Long.parseLong(firstLine)).filter(this::runsTheProgram);
    } catch (IOException | NumberFormatException noUsableNote) {
      return Optional.empty();
    }
  }

  /** Ends the process with all its children, if it lives, and removes the note. */
  void kill() {
    process().ifPresent(PidFile::killTree);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // The root goes first, or it would replace the children it sees dying. Polled, since the JDK
  // looks at processes it did not start itself only every third of a second.
  private static void killTree(ProcessHandle root) {
    List<ProcessHandle> processes = Stream.concat(Stream.of(root), root.descendants()).toList();
    processes.forEach(ProcessHandle::destroyForcibly);
    long deadline = System.nanoTime() + KILL_LIMIT.toNanos();
    while (processes.stream().anyMatch(PidFile::lives)) {
      if (System.nanoTime() > deadline) {
        throw new LocalStackException("Process " + root.pid() + " does not end");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  // A dead process that its adoptive parent has not buried yet still has an id, but no program.
  private static boolean lives(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  private boolean runsTheProgram(ProcessHandle process) {
    return process.info().command().filter(c -> c.contains(program)).isPresent();
  }
}
