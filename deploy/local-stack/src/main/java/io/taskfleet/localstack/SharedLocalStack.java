package io.taskfleet.localstack;

/**
 * The one stack that all integration tests of a JVM share. It starts with the first call, on free
 * ports with temporary data, and ends with the JVM. Tests keep apart by topic, group, key prefix
 * and database; one that stops or kills a server takes the {@link BreakableLocalStack}.
 */
public final class SharedLocalStack {
  private static final JvmStack STACK = new JvmStack("shared local stack", LocalStack.builder());

  private SharedLocalStack() {}

  /**
   * The running stack.
   *
   * @throws LocalStackException when it could not be started, now or at the first call
   */
  public static LocalStack get() {
    return STACK.get();
  }

  /**
   * Creates an empty database that no one else uses.
   *
   * @param name what its name starts with: lower-case letters, digits and underscores
   * @return its JDBC URL; user and password are those of the stack
   */
  public static String createDatabase(String name) {
    return STACK.createDatabase(name);
  }
}
