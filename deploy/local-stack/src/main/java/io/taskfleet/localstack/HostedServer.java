package io.taskfleet.localstack;

/** A server that runs in a {@link ServerHost}. */
abstract sealed class HostedServer implements LocalServer
    permits KafkaBroker, PostgresServer, RedisServer {
  private final String name;
  private final int port;

  // Guarded by this.
  private final ServerHost host;

  HostedServer(String name, int port, ServerHost host) {
    this.name = name;
    this.port = port;
    this.host = host;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public synchronized boolean isRunning() {
    return host.isRunning();
  }

  @Override
  public synchronized void start() {
    if (!host.isRunning()) {
      host.start();
    }
  }

  @Override
  public synchronized void stop() {
    host.stop();
  }

  @Override
  public synchronized void kill() {
    host.kill();
  }

  synchronized void discard() {
    host.discard();
  }
}
