package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.live.EventStream;
import io.taskfleet.gateway.live.Story;
import io.taskfleet.gateway.live.Waiters;
import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** How far one batch has come, again as it comes on, until it has ended. */
final class BatchStory implements Story {
  private static final String EVENT = "batch";

  private final BatchWatcher watcher;
  private final Waiters<Optional<Batch>>.Waiter waiter;
  private final Duration every;

  // The stream's thread only.
  private Batch told;

  /**
   * A story that begins with this; closes the waiter.
   *
   * @param every the least time between two events, while counts move
   */
  BatchStory(
      Batch first, BatchWatcher watcher, Waiters<Optional<Batch>>.Waiter waiter, Duration every) {
    this.told = first;
    this.watcher = watcher;
    this.waiter = waiter;
    this.every = every;
  }

  @Override
  public void tell(EventStream stream) throws IOException, InterruptedException {
    send(stream);
    while (!told.hasEnded() && stream.isOpen() && watcher.isOpen()) {
      // An end is told at once, and what counts do meanwhile is not.
      Optional<Optional<Batch>> end =
          stream.rest(
              time ->
                  waiter.await(
                      seen -> seen.filter(Batch::hasEnded).isPresent(),
                      time.compareTo(every) < 0 ? time : every));
      Optional<Batch> news =
          end.isPresent()
              ? end.get()
              : stream.rest(time -> waiter.await(this::isNews, time)).flatMap(seen -> seen);
      if (news.isPresent()) {
        told = news.get();
        send(stream);
      }
      stream.beatIfDue();
    }
  }

  // The row that was read first may be younger than what the watcher has seen.
  private boolean isNews(Optional<Batch> seen) {
    return seen.filter(batch -> !batch.equals(told) && batch.processed() >= told.processed())
        .isPresent();
  }

  private void send(EventStream stream) throws IOException {
    byte[] json = StrictJson.mapper().writeValueAsBytes(BatchView.of(told, null));
    stream.send(EVENT, BatchEventId.of(told), json);
  }

  @Override
  public void close() {
    waiter.close();
  }
}
