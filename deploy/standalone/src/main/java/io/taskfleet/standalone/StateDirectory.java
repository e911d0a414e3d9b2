package io.taskfleet.standalone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Where a running fleet keeps its ready file, its logs and the unpacked applications; locked for as
 * long as the fleet runs.
 */
public final class StateDirectory implements AutoCloseable {
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  private final Path root;
  private final FileChannel lock;

  private StateDirectory(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Opens the directory and ends what a supervisor left behind that was killed.
   *
   * @throws StartException when another fleet runs there
   */
  public static StateDirectory open(Path root) throws IOException {
    PrivateFile.directory(root);
    FileChannel channel =
        FileChannel.open(
            root.resolve("up.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new StartException(
          "A fleet is already running%s. Stop it first, or give this one another directory with --state DIR."
              .formatted(runningAt(root)));
    }
    StateDirectory directory = new StateDirectory(root, channel);
    directory.endLeftovers();
    Files.createDirectories(directory.logs());
    return directory;
  }

  Path readyFile() {
    return root.resolve("ready.json");
  }

  Path logs() {
    return root.resolve("logs");
  }

  /** Where applications are unpacked. */
  public Path applications() {
    return root.resolve("apps");
  }

  /** An empty log for this process; the one of the run before keeps the ending {@code .1}. */
  public Path freshLog(String name) throws IOException {
    Path log = logs().resolve(name + ".log");
    if (Files.exists(log)) {
      Files.move(
          log, logs().resolve(name + ".log.1"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    return log;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(readyFile());
    lock.close();
  }

  private static String runningAt(Path root) {
    try {
      ReadyFile running = ReadyFile.read(root.resolve("ready.json"));
      return " at %s (pid %d)".formatted(running.url(), running.pid());
    } catch (IOException starting) {
      return "";
    }
  }

  // Tethered processes end by themselves, but may take as long as a drain does; and their ports
  // and their places in the consumer groups are wanted now.
  private void endLeftovers() throws IOException {
    if (!Files.exists(readyFile())) {
      return;
    }
    try {
      ReadyFile stale = ReadyFile.read(readyFile());
      Stream.concat(Stream.of(stale.gateway()), stale.workers().stream())
          .flatMap(member -> ProcessHandle.of(member.pid()).stream())
          .filter(StateDirectory::isOurs)
          .forEach(StateDirectory::end);
    } catch (IOException unreadable) {
      // Written by another version: what it names is not ours to end.
    }
    Files.delete(readyFile());
  }

  // Process ids are used again, perhaps by somebody else's program.
  private static boolean isOurs(ProcessHandle process) {
    return process.info().commandLine().filter(c -> c.contains(Tether.class.getName())).isPresent();
  }

  private static void end(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().orTimeout(FAREWELL.toSeconds(), TimeUnit.SECONDS).join();
  }
}
