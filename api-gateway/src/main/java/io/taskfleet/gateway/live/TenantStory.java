package io.taskfleet.gateway.live;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All lifecycle events of one tenant: first what it has missed, from Kafka, then what comes. When
 * it falls too far behind, or the gateway loses the topic, it begins again where it is.
 */
final class TenantStory implements Story {
  private static final Logger LOG = LoggerFactory.getLogger(TenantStory.class);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final String tenant;
  private final Feed feed;
  private final Replays replays;
  private final long topic;
  private final Offsets told;

  // The stream's thread only, once it has begun.
  private Optional<Feed.Listener> listener;

  /** A story that goes on from here; closes the listener. */
  TenantStory(String tenant, Feed feed, Replays replays, Offsets from, Feed.Listener listener) {
    this.tenant = tenant;
    this.feed = feed;
    this.replays = replays;
    this.topic = listener.topic();
    this.told = from.copy();
    this.listener = Optional.of(listener);
  }

  @Override
  public void tell(EventStream stream) throws IOException, InterruptedException {
    // So that whoever is cut off before the first event need not begin anew.
    stream.place(position());
    while (stream.isOpen() && !feed.isClosed()) {
      if (listener.isPresent()) {
        Feed.Listener its = listener.get();
        if (its.topic() != topic || !catchUp(its, stream)) {
          return;
        }
        follow(its, stream);
        leave();
      }
      if (stream.isOpen()) {
        listener = stream.rest(time -> feed.join(tenant, time.compareTo(AGAIN) < 0 ? time : AGAIN));
        stream.beatIfDue(position());
      }
    }
  }

  /** Tells what lies between here and what the listener hears; answers whether it is there. */
  private boolean catchUp(Feed.Listener to, EventStream stream)
      throws IOException, InterruptedException {
    try {
      while (stream.isOpen() && told.isBehind(to.from())) {
        Replays.Gap gap = new Replays.Gap(tenant, told, to.from());
        Replays.Piece piece = replays.read(gap, AGAIN);
        send(piece.events(), stream);
        told.advance(piece.upTo());
        stream.beatIfDue(position());
      }
      return true;
    } catch (Replays.GoneException gone) {
      feed.beginsAt(gone.first());
      LOG.info("A stream of events ends: what it has missed is not on the topic any more");
      return false;
    }
  }

  private void follow(Feed.Listener to, EventStream stream)
      throws IOException, InterruptedException {
    while (stream.isOpen()) {
      Feed.Heard heard = stream.rest(to::hear);
      if (heard.missed()) {
        return;
      }
      send(heard.events(), stream);
      if (heard.upTo() != null) {
        told.advance(heard.upTo());
      }
      stream.beatIfDue(position());
    }
  }

  private void send(List<LifecycleEvent> events, EventStream stream) throws IOException {
    for (LifecycleEvent event : events) {
      // Another gateway may have told it already.
      if (event.offset() >= told.next(event.partition())) {
        told.advance(event.partition(), event.offset() + 1);
        stream.send(event.kind(), position(), event.json());
      }
    }
  }

  private String position() {
    return new Position(topic, told).text(tenant);
  }

  private void leave() {
    listener.ifPresent(Feed.Listener::close);
    listener = Optional.empty();
  }

  @Override
  public void close() {
    leave();
  }
}
