package io.taskfleet.localstack;

import java.io.IOException;

/**
 * The program of a broker in a JVM of its own. It says one word on standard output when it serves,
 * and stops in good order when its standard input ends, be it closed on purpose or because the
 * process that held it is gone.
 */
final class BrokerMain {
  static final String READY = "ready";

  private BrokerMain() {}

  /**
   * Runs a broker until standard input ends.
   *
   * @param arguments see {@link BrokerSettings#toArguments()}
   * @throws IOException when standard input cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.fromArguments(arguments));
    System.out.println(READY);
    while (System.in.read() >= 0) {
      // Nothing is ever said; only the end counts.
    }
    broker.stop();
    System.exit(0);
  }
}
