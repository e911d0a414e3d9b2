package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.live.EventStreams;
import io.taskfleet.gateway.live.Follower;
import io.taskfleet.gateway.live.Story;
import io.taskfleet.gateway.live.Waiters;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Tells how far a batch has come, as it comes on. */
@RestController
final class BatchEventsController {
  private final EventStreams streams;
  private final BatchReader reader;
  private final BatchWatcher watcher;
  private final BatchProperties properties;

  BatchEventsController(
      EventStreams streams, BatchReader reader, BatchWatcher watcher, BatchProperties properties) {
    this.streams = streams;
    this.reader = reader;
    this.watcher = watcher;
    this.properties = properties;
  }

  @GetMapping(
      path = BatchLinks.BATCHES + "/{id}/events",
      produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  @RequiresScope(Scope.TASKS_READ)
  void follow(@PathVariable String id, Follower follower) throws IOException {
    String heard = follower.lastEventId().map(BatchEventId::parse).orElse("");
    streams.open("batch", follower, tenant -> story(tenant, id, heard));
  }

  private Optional<Story> story(String tenant, String id, String heard) {
    Batch first = reader.find(tenant, id);
    if (first.hasEnded() && heard.equals(BatchEventId.of(first))) {
      return Optional.empty();
    }
    Waiters<Optional<Batch>>.Waiter waiter = watcher.watch(first.id());
    return Optional.of(new BatchStory(first, watcher, waiter, properties.eventsEvery()));
  }
}
