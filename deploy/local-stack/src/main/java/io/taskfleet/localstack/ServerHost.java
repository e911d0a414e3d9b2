package io.taskfleet.localstack;

/**
 * What a server runs in: this JVM, a process of its own, or a container. It keeps the server's port
 * and its data between runs. The {@link HostedServer} it belongs to makes one call at a time.
 */
interface ServerHost {
  boolean isRunning();

  /** Starts the server, which does not run, and waits until it serves. */
  void start();

  /** Stops the server in good order, if it runs. */
  void stop();

  /** Ends the server as a crash would, if it runs. */
  void kill();

  /** Ends the server as quickly as can be: its data is not wanted any more. */
  default void discard() {
    kill();
  }
}
