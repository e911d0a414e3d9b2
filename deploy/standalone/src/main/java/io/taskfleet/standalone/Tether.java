package io.taskfleet.standalone;

import java.io.IOException;
import java.util.Arrays;

/**
 * Runs another program's main method in this JVM and ends the JVM in good order once standard input
 * ends, which it does when the supervisor that holds the other end is gone, killed included.
 */
public final class Tether {
  private Tether() {}

  /**
   * Starts the program.
   *
   * @param arguments the class to start, then what its main method gets
   * @throws ReflectiveOperationException when there is no such class, or it fails
   */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Thread.ofPlatform().daemon().name("tether").start(Tether::endWithTheSupervisor);
    Class.forName(arguments[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private static void endWithTheSupervisor() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is ever said; only the end counts.
      }
    } catch (IOException e) {
      // The other end is gone, one way or another.
    }
    System.exit(1);
  }
}
