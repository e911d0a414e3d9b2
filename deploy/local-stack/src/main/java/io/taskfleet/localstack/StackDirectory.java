package io.taskfleet.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that holds the data and logs of one stack, locked for as long as it is in use.
 * Closing it deletes it when it is a temporary one.
 */
final class StackDirectory implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StackDirectory.class);
  private static final String TEMPORARY_PREFIX = "taskfleet-stack-";
  private static final String LOCK_FILE = "stack.lock";

  // Between making its directory and locking it a stack looks abandoned.
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private static final Duration FAREWELL = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(20);

  /**
   * Directories this JVM has locked. Closing any channel on a file drops all of the process's locks
   * on it (POSIX fcntl), so the lock file of a directory in here must not be opened again.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path root;
  private final boolean temporary;

  // The lock and not only its channel: the JVM itself refers to it weakly.
  private final FileLock lock;

  private StackDirectory(Path root, boolean temporary, FileLock lock) {
    this.root = root;
    this.temporary = temporary;
    this.lock = lock;
  }

  /** Opens the given directory, or a temporary one, and ends servers that an earlier owner left. */
  static StackDirectory open(@Nullable Path given) {
    try {
      if (given == null) {
        sweepAbandoned();
      }
      Path root =
          given == null
              ? Files.createTempDirectory(TEMPORARY_PREFIX)
              : Files.createDirectories(given.toAbsolutePath().normalize());
      FileLock lock =
          tryLock(root, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
              .orElseThrow(
                  () -> new LocalStackException("Another local stack is running in " + root));
      StackDirectory directory = new StackDirectory(root, given == null, lock);
      directory.endLeftovers();
      Files.createDirectories(root.resolve("logs"));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isTemporary() {
    return temporary;
  }

  Path kafka() {
    return root.resolve("kafka");
  }

  Path postgres() {
    return root.resolve("postgres");
  }

  Path redis() {
    return root.resolve("redis");
  }

  Path log(String server) {
    return root.resolve("logs").resolve(server + ".log");
  }

  PidFile postgresPid() {
    return new PidFile(postgres().resolve("postmaster.pid"), "postgres");
  }

  PidFile redisPid() {
    return new PidFile(redis().resolve("redis.pid"), "redis-server");
  }

  @Override
  public void close() {
    try {
      if (temporary && Files.exists(root)) {
        delete(root);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      unlock();
    }
  }

  private void unlock() {
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      HELD.remove(root);
    }
  }

  private void endLeftovers() {
    postgresPid().kill();
    redisPid().kill();
    awaitBroker();
  }

  // A broker in a JVM of its own stops by itself when its parent is gone, but not at once.
  private void awaitBroker() {
    Path brokersLock = kafka().resolve(EmbeddedBroker.LOCK_FILE);
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    while (Files.exists(brokersLock) && isLocked(brokersLock)) {
      if (System.nanoTime() > deadline) {
        throw new LocalStackException("Another broker is running in " + kafka());
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static boolean isLocked(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException heldInThisJvm) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // A JVM that is killed takes neither Postgres nor its files with it; its lock it cannot keep.
  private static void sweepAbandoned() throws IOException {
    for (Path root : temporaryDirectories()) {
      sweepIfAbandoned(root);
    }
  }

  /** Other JVMs sweep as well, and end their own stacks: any directory may be gone by now. */
  static void sweepIfAbandoned(Path root) throws IOException {
    try {
      if (Files.getLastModifiedTime(root).toInstant().isAfter(Instant.now().minus(YOUNG))) {
        return;
      }
      Optional<FileLock> lock = tryLock(root, StandardOpenOption.WRITE);
      if (lock.isPresent()) {
        sweep(new StackDirectory(root, true, lock.get()));
      }
    } catch (NoSuchFileException gone) {
      log.debug("{} is gone already", root);
    }
  }

  /** The broker first: where one still runs, nothing is abandoned. */
  private static void sweep(StackDirectory abandoned) {
    try {
      abandoned.awaitBroker();
      abandoned.endLeftovers();
      abandoned.close();
    } catch (LocalStackException inUse) {
      log.warn("{} is left alone: {}", abandoned.root, inUse.getMessage());
      abandoned.unlock();
    }
  }

  private static List<Path> temporaryDirectories() throws IOException {
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    try (Stream<Path> entries = Files.list(parent)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith(TEMPORARY_PREFIX))
          .filter(entry -> Files.isWritable(entry) && Files.isRegularFile(entry.resolve(LOCK_FILE)))
          .toList();
    }
  }

  private static Optional<FileLock> tryLock(Path root, OpenOption... how) throws IOException {
    if (!HELD.add(root)) {
      return Optional.empty();
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(root.resolve(LOCK_FILE), how);
    } catch (IOException e) {
      HELD.remove(root);
      throw e;
    }
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      HELD.remove(root);
    }
    return Optional.ofNullable(lock);
  }

  private static void delete(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
