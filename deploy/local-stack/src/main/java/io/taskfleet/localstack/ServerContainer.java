package io.taskfleet.localstack;

import com.github.dockerjava.api.DockerClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;

/**
 * A server in a container of its own. Between runs the container is kept, and in it the data; it is
 * removed when it is discarded. Docker has to run on this machine.
 */
final class ServerContainer implements ServerHost {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(20);

  private final String name;
  private final GenericContainer<?> container;
  private final BooleanSupplier serves;

  /**
   * A server whose container has not been made yet.
   *
   * @param serverPort what the server listens on in the container
   * @param port what that is on 127.0.0.1
   * @param serves whether the server answers, asked over that port
   */
  ServerContainer(
      String name,
      GenericContainer<?> container,
      int serverPort,
      int port,
      BooleanSupplier serves) {
    this.name = name;
    this.container = container;
    this.serves = serves;
    container.setPortBindings(List.of("127.0.0.1:%d:%d".formatted(port, serverPort)));
    container.waitingFor(new NoWait());
  }

  @Override
  public boolean isRunning() {
    return container.isRunning();
  }

  @Override
  public void start() {
    try {
      if (container.getContainerId() == null) {
        container.start();
      } else {
        docker().startContainerCmd(container.getContainerId()).exec();
      }
    } catch (RuntimeException e) {
      throw new LocalStackException(name + " could not be started", e);
    }
    awaitService();
  }

  @Override
  public void stop() {
    if (isRunning()) {
      docker()
          .stopContainerCmd(container.getContainerId())
          .withTimeout(Math.toIntExact(STOP_LIMIT.toSeconds()))
          .exec();
    }
  }

  @Override
  public void kill() {
    if (isRunning()) {
      docker().killContainerCmd(container.getContainerId()).exec();
      awaitEnd();
    }
  }

  @Override
  public void discard() {
    container.stop();
  }

  private DockerClient docker() {
    return container.getDockerClient();
  }

  private void awaitService() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!serves.getAsBoolean()) {
      if (!isRunning()) {
        throw failure("ended while it started");
      }
      if (System.nanoTime() > deadline) {
        kill();
        throw failure("did not answer within " + START_LIMIT.toSeconds() + " s");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private void awaitEnd() {
    long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
    while (isRunning()) {
      if (System.nanoTime() > deadline) {
        throw failure("does not end");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private LocalStackException failure(String what) {
    return new LocalStackException(
        "%s %s. Its log:\n%s".formatted(name, what, container.getLogs()));
  }

  // Later starts are not Testcontainers' matter, so neither is waiting for the first.
  private static final class NoWait extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {}
  }
}
