package io.taskfleet.localstack;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The one stack that all integration tests of a JVM share. It starts with the first call, on free
 * ports with temporary data, and ends with the JVM. Tests keep apart by topic, group, key prefix
 * and database; one that stops or kills a server should start a stack of its own.
 */
public final class SharedLocalStack {
  private static final Duration FAREWELL = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private SharedLocalStack() {}

  /**
   * The running stack.
   *
   * @throws LocalStackException when it could not be started, now or at the first call
   */
  public static LocalStack get() {
    return Holder.STACK.get();
  }

  /**
   * Creates an empty database that no one else uses.
   *
   * @param name what its name starts with: lower-case letters, digits and underscores
   * @return its JDBC URL; user and password are those of the stack
   */
  public static String createDatabase(String name) {
    return get().postgres().createDatabase(name + "_" + DATABASES.incrementAndGet());
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

  private static final class Holder {
    static final Attempt STACK = Attempt.toStart();
  }

  // A failure is kept as a value, since one thrown while a class loads is told only once.
  private sealed interface Attempt {
    static Attempt toStart() {
      try {
        LocalStack stack = LocalStack.builder().start();
        Runtime.getRuntime()
            .addShutdownHook(
                Thread.ofPlatform()
                    .name("local-stack-shutdown")
                    .unstarted(() -> closeAfterTheClients(stack)));
        return new Started(stack);
      } catch (LocalStackException e) {
        return new Failed(e);
      }
    }

    LocalStack get();

    record Started(LocalStack stack) implements Attempt {
      @Override
      public LocalStack get() {
        return stack;
      }
    }

    record Failed(LocalStackException cause) implements Attempt {
      @Override
      public LocalStack get() {
        throw new LocalStackException("The shared local stack could not be started", cause);
      }
    }
  }
}
