package io.taskfleet.localstack;

/**
 * A second stack beside the {@link SharedLocalStack}, for those tests of a JVM that stop and kill
 * servers. Its broker is a process of its own. It starts with the first call and ends with the JVM;
 * its users come one after the other, and keep apart as those of the shared one do.
 */
public final class BreakableLocalStack {
  private static final JvmStack STACK =
      new JvmStack(
          "breakable local stack", LocalStack.builder().kafkaMode(KafkaMode.SHORT_LIVED_PROCESS));

  private BreakableLocalStack() {}

  /**
   * The stack with all its servers running, whatever the test before has left behind.
   *
   * @throws LocalStackException when it could not be started, now or at the first call
   */
  public static LocalStack get() {
    LocalStack stack = STACK.get();
    stack.startServers();
    stack.mail().answerAsUsual();
    return stack;
  }

  /** As {@link SharedLocalStack#createDatabase}. */
  public static String createDatabase(String name) {
    return STACK.createDatabase(name);
  }
}
