package io.taskfleet.gateway.live;

import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells a tenant of every change of its tasks. */
@RestController
final class TenantEventsController {
  private final EventStreams streams;
  private final Feed feed;
  private final Replays replays;
  private final LiveProperties properties;

  TenantEventsController(
      EventStreams streams, Feed feed, Replays replays, LiveProperties properties) {
    this.streams = streams;
    this.feed = feed;
    this.replays = replays;
    this.properties = properties;
  }

  @GetMapping(path = "/v1/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  @RequiresScope(Scope.TASKS_READ)
  void follow(Follower follower) throws IOException {
    Optional<Position> from =
        follower
            .lastEventId()
            .map(id -> Position.parse(id, follower.tenant()).orElseThrow(Follower::strangeEvent));
    streams.open("tenant", follower, tenant -> Optional.of(story(tenant, from)));
  }

  private Story story(String tenant, Optional<Position> from) {
    Feed.Listener listener = listener(tenant);
    boolean taken = false;
    try {
      Offsets place = from.map(Position::offsets).orElse(listener.from());
      if (from.filter(asked -> asked.topic() != listener.topic()).isPresent()
          || !listener.reachesBackTo(place)) {
        throw ProblemException.of(
            ProblemType.GONE,
            "what came after Last-Event-ID is not kept any more; come without it to go on from now");
      }
      taken = true;
      return new TenantStory(tenant, feed, replays, place, listener);
    } finally {
      if (!taken) {
        listener.close();
      }
    }
  }

  private Feed.Listener listener(String tenant) {
    try {
      return feed.join(tenant, properties.patience()).orElseThrow(Feed::away);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Feed.away();
    }
  }
}
