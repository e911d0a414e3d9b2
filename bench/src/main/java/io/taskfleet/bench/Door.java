package io.taskfleet.bench;

import io.taskfleet.standalone.FreePort;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** A gateway under load, and the connections to it. May be used by any number of threads. */
final class Door implements AutoCloseable {
  static final int ACCEPTED = 202;

  private final String apiKey = "tf_" + UUID.randomUUID().toString().replace("-", "");
  private final int port = FreePort.any();
  private final ConcurrentLinkedQueue<HttpConnection> idle = new ConcurrentLinkedQueue<>();
  private final ExecutorService clients =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("client-", 0).factory());

  /** Starts the gateway. */
  Door(BenchFleet fleet) throws IOException, InterruptedException {
    fleet.startGateway(port, apiKey);
  }

  /** What one client does with its connection. */
  interface Visit<T> {
    T on(HttpConnection connection) throws IOException;
  }

  /** Makes the visit on a thread and a connection of its own. */
  <T> Future<T> visit(Visit<T> visit) {
    return clients.submit(
        (Callable<T>)
            () -> {
              HttpConnection connection = idle.poll();
              if (connection == null) {
                connection = new HttpConnection(port, apiKey);
              }
              T result = visit.on(connection);
              idle.add(connection);
              return result;
            });
  }

  /** Has this many clients make the same visit at the same time, and waits for all. */
  <T> void visitAtOnce(int howMany, Visit<T> visit) throws InterruptedException {
    List<Future<T>> visits = IntStream.range(0, howMany).mapToObj(n -> visit(visit)).toList();
    for (Future<T> each : visits) {
      T _ = await(each);
    }
  }

  /** Closes the connections of visits that have ended; a gateway does so with those left idle. */
  void hangUp() throws IOException {
    for (HttpConnection each = idle.poll(); each != null; each = idle.poll()) {
      each.close();
    }
  }

  /** The result of something that must succeed. */
  static <T> T await(Future<T> visit) throws InterruptedException {
    try {
      return visit.get();
    } catch (ExecutionException e) {
      throw new InvalidRunException("What had to succeed failed: " + e.getCause());
    }
  }

  @Override
  public void close() throws IOException {
    clients.shutdownNow();
    hangUp();
  }
}
