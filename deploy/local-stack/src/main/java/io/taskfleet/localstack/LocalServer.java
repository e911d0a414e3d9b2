package io.taskfleet.localstack;

/**
 * One server of the stack. It keeps its port and its data through any sequence of these calls, each
 * of which returns when it has taken effect and does nothing when there is nothing to do.
 */
public sealed interface LocalServer permits HostedServer, MailSink {

  /** The name used in messages, such as {@code Postgres}. */
  String name();

  /** The port on 127.0.0.1 that clients connect to. */
  int port();

  /** Whether the server is up. */
  boolean isRunning();

  /**
   * Starts the server and waits until it serves.
   *
   * @throws LocalStackException when it does not come up; the message holds the end of its log
   */
  void start();

  /** Stops the server in good order: clients are cut off, data is flushed. */
  void stop();

  /** Ends the server as a crash would: nothing is flushed, nobody is told. */
  void kill();
}
