package io.taskfleet.gateway.live;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;

/**
 * A caller who wants a stream of events. Controllers take it as an argument.
 *
 * @param response what the stream is written to
 */
public record Follower(Caller caller, HttpServletRequest request, HttpServletResponse response) {
  /** The header in which a client says how far it has come. */
  public static final String LAST_EVENT_ID = "Last-Event-ID";

  String tenant() {
    return caller.tenant();
  }

  /** The id of the last event that it has heard, if any. */
  public Optional<String> lastEventId() {
    return Optional.ofNullable(request.getHeader(LAST_EVENT_ID)).filter(id -> !id.isEmpty());
  }

  /** What is wrong with an id of no event of the stream. */
  public static ProblemException strangeEvent() {
    return ProblemException.of(
        ProblemType.REFUSED, LAST_EVENT_ID + " is the id of an event of this stream");
  }
}
