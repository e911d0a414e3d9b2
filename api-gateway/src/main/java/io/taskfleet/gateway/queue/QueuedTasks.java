package io.taskfleet.gateway.queue;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.IntStream;

/** The tasks that wait on their topics. */
public final class QueuedTasks implements AutoCloseable {
  private final BlockingQueue<Search> searches;
  private final QueueSearchProperties properties;
  private final QueueMap map;
  private final List<Thread> seekers;

  QueuedTasks(QueueMap map, Seeker.Consumers consumers, QueueSearchProperties properties) {
    this.map = map;
    this.properties = properties;
    this.searches = new ArrayBlockingQueue<>(properties.waiting());
    this.seekers =
        IntStream.range(0, properties.atOnce())
            .mapToObj(number -> new Seeker(searches, map, consumers, properties))
            .map(Thread.ofPlatform().daemon().name("queue-seeker-", 0)::unstarted)
            .toList();
  }

  void start() {
    seekers.forEach(Thread::start);
  }

  /** Looks for the tenant's task of this id. */
  public Sought find(String tenant, UUID id) {
    Search search = new Search(tenant, id, properties.patience());
    return searches.offer(search) ? search.await() : new Sought.Unknown();
  }

  @Override
  public void close() {
    seekers.forEach(Thread::interrupt);
    map.close();
  }
}
