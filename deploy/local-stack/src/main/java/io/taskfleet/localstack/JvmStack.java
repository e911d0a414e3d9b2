package io.taskfleet.localstack;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A stack that starts when it is first asked for and ends with the JVM. */
final class JvmStack {
  private static final Duration FAREWELL = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(50);

  private final String name;
  private final LocalStack.Builder description;
  private final AtomicInteger databases = new AtomicInteger();

  // Guarded by this. A failure is told at every call.
  private @Nullable Attempt attempt;

  JvmStack(String name, LocalStack.Builder description) {
    this.name = name;
    this.description = description;
  }

  synchronized LocalStack get() {
    if (attempt == null) {
      attempt = start();
    }
    return attempt.get();
  }

  /** Creates an empty database whose name starts so; answers its JDBC URL. */
  String createDatabase(String start) {
    return get().postgres().createDatabase(start + "_" + databases.incrementAndGet());
  }

  private Attempt start() {
    try {
      LocalStack stack = description.start();
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name(name + "-shutdown")
                  .unstarted(() -> closeAfterTheClients(stack)));
      return new Started(stack);
    } catch (LocalStackException e) {
      return new Failed(name, e);
    }
  }

  // Shutdown hooks run side by side: applications under test close in theirs, and would spend
  // their whole patience on servers that are gone.
  private static void closeAfterTheClients(LocalStack stack) {
    long deadline = System.nanoTime() + FAREWELL.toNanos();
    while (stack.postgres().clients() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    stack.close();
  }

  private sealed interface Attempt {
    LocalStack get();
  }

  private record Started(LocalStack stack) implements Attempt {
    @Override
    public LocalStack get() {
      return stack;
    }
  }

  private record Failed(String name, LocalStackException cause) implements Attempt {
    @Override
    public LocalStack get() {
      throw new LocalStackException("The " + name + " could not be started", cause);
    }
  }
}
