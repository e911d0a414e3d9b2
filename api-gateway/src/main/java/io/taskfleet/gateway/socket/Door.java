package io.taskfleet.gateway.socket;

import io.taskfleet.gateway.ratelimit.RateLimits;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.Tokens;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.gateway.web.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.util.WebUtils;

/**
 * Checks handshakes. A token that is no good is not refused here but in the first frame, since
 * browsers show their pages no other reason than a close code.
 */
final class Door implements HandshakeInterceptor {
  /** What clients offer to speak. */
  static final String PROTOCOL = "taskfleet.v1";

  /** What a client offers beside it to show its token; never chosen, so never sent back. */
  private static final String TOKEN_PROTOCOL = "bearer.";

  private static final String PROTOCOLS = "Sec-WebSocket-Protocol";
  private static final String VERSION = "Sec-WebSocket-Version";
  private static final String SUPPORTED = "13";
  private static final String OFFER = Offer.class.getName();
  private static final int COME_BACK_SECONDS = 5;

  private final Tokens tokens;
  private final RateLimits limits;
  private final Sockets sockets;
  private final Set<String> allowedOrigins;

  Door(Tokens tokens, RateLimits limits, Sockets sockets, Set<String> allowedOrigins) {
    this.tokens = tokens;
    this.limits = limits;
    this.sockets = sockets;
    this.allowedOrigins = allowedOrigins;
  }

  /** The token of a handshake: whom it stands for, if it is good. */
  record Offer(Optional<Caller> caller) {

    /** What was offered in the handshake with these attributes, if anything was. */
    static Optional<Offer> in(Map<String, Object> attributes) {
      return attributes.get(OFFER) instanceof Offer offer ? Optional.of(offer) : Optional.empty();
    }
  }

  @Override
  public boolean beforeHandshake(
      ServerHttpRequest request,
      ServerHttpResponse response,
      WebSocketHandler handler,
      Map<String, Object> attributes)
      throws IOException {
    HttpServletRequest req = ((ServletServerHttpRequest) request).getServletRequest();
    HttpServletResponse res = ((ServletServerHttpResponse) response).getServletResponse();
    try {
      Optional<Offer> offer = token(req).map(text -> new Offer(tokens.verify(text)));
      count(offer.flatMap(Offer::caller), req, res);
      requireHandshake(req);
      if (!isOriginAllowed(request, req.getHeader("Origin"))) {
        throw ProblemException.of(
            ProblemType.FORBIDDEN_ORIGIN, "the origin is none of taskfleet.socket.allowed-origins");
      }
      if (!sockets.haveRoom()) {
        throw ProblemException.unavailable("there are too many connections", COME_BACK_SECONDS);
      }
      offer.ifPresent(each -> attributes.put(OFFER, each));
      return true;
    } catch (ProblemException refusal) {
      ProblemWriter.write(req, res, refusal);
      return false;
    }
  }

  @Override
  public void afterHandshake(
      ServerHttpRequest request,
      ServerHttpResponse response,
      WebSocketHandler handler,
      @Nullable Exception exception) {
    // Nothing is held.
  }

  private static Optional<String> token(HttpServletRequest request) {
    return Collections.list(request.getHeaders(PROTOCOLS)).stream()
        .flatMap(header -> Arrays.stream(header.split(",")))
        .map(String::strip)
        .filter(protocol -> protocol.startsWith(TOKEN_PROTOCOL))
        .map(protocol -> protocol.substring(TOKEN_PROTOCOL.length()))
        .findFirst();
  }

  private void count(Optional<Caller> caller, HttpServletRequest req, HttpServletResponse res) {
    if (caller.isPresent()) {
      limits.countKey(caller.get().keyId(), caller.get().ratePerMinute(), res);
    } else {
      limits.countStranger(req.getRemoteAddr(), res);
    }
  }

  private static void requireHandshake(HttpServletRequest request) {
    if (!request.getMethod().equals("GET")) {
      throw ProblemException.of(ProblemType.METHOD_NOT_ALLOWED, "a WebSocket is opened with GET")
          .withHeader("Allow", "GET");
    }
    if (request.getQueryString() != null) {
      throw ProblemException.of(
          ProblemType.MALFORMED, "there are no parameters here; a token in a URL would be logged");
    }
    if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
        || !SUPPORTED.equals(request.getHeader(VERSION))
        || request.getHeader("Sec-WebSocket-Key") == null) {
      throw ProblemException.of(
              ProblemType.MALFORMED, "send a WebSocket handshake (RFC 6455), version 13")
          .withHeader(VERSION, SUPPORTED);
    }
  }

  // Programs that are no browsers send none.
  private boolean isOriginAllowed(ServerHttpRequest request, @Nullable String origin) {
    return origin == null || allowedOrigins.contains(origin) || WebUtils.isSameOrigin(request);
  }
}
