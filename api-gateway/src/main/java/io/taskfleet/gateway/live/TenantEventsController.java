package io.taskfleet.gateway.live;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.RequiresScope;
import io.taskfleet.gateway.security.Scope;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
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
  void follow(
      @RequestHeader(name = EventStreams.LAST_EVENT_ID, required = false) @Nullable String last,
      Caller caller,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    String tenant = caller.tenant();
    Optional<Position> from =
        last == null || last.isEmpty() ? Optional.empty() : Optional.of(parse(last, tenant));
    streams.open("tenant", caller, request, response, () -> Optional.of(story(tenant, from)));
  }

  private static Position parse(String text, String tenant) {
    return Position.parse(text, tenant)
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.REFUSED, "Last-Event-ID is the id of an event of this stream"));
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
