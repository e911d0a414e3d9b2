package io.taskfleet.gateway.security;

import io.taskfleet.gateway.ratelimit.RateLimits;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.gateway.web.ProblemWriter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/**
 * Refuses every request without a good key or token, and those that are too many. Spring Security
 * would do no more here and costs a chain of a dozen filters per request.
 */
final class CallerFilter implements Filter {
  private static final String SCHEME = "Bearer ";

  private final ApiKeys keys;
  private final Tokens tokens;
  private final RateLimits limits;

  CallerFilter(ApiKeys keys, Tokens tokens, RateLimits limits) {
    this.keys = keys;
    this.tokens = tokens;
    this.limits = limits;
  }

  @Override
  public void doFilter(ServletRequest req, ServletResponse res, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest request = (HttpServletRequest) req;
    HttpServletResponse response = (HttpServletResponse) res;
    if (!OpenPaths.include(request)) {
      try {
        admit(request, response).attachTo(request);
      } catch (ProblemException refusal) {
        ProblemWriter.write(request, response, refusal);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private Caller admit(HttpServletRequest request, HttpServletResponse response) {
    String header = request.getHeader("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      limits.countStranger(request.getRemoteAddr(), response);
      throw unauthenticated("send Authorization: Bearer with an API key", "");
    }
    Optional<Caller> caller = find(header.substring(SCHEME.length()).strip(), request, response);
    if (caller.isEmpty()) {
      limits.countStranger(request.getRemoteAddr(), response);
      throw unauthenticated("the API key or token is not good", ", error=\"invalid_token\"");
    }
    limits.countKey(caller.get().keyId(), caller.get().ratePerMinute(), response);
    return caller.get();
  }

  private Optional<Caller> find(
      String credential, HttpServletRequest request, HttpServletResponse response) {
    if (!KeyText.isKey(credential)) {
      return tokens.verify(credential);
    }
    Optional<Caller> known = keys.known(credential);
    if (known.isPresent()) {
      return known;
    }
    // Whoever has guessed too often does not get Postgres to look at the next guess.
    limits.requireRoomForStranger(request.getRemoteAddr(), response);
    return keys.find(credential);
  }

  private static ProblemException unauthenticated(String detail, String challengeError) {
    return ProblemException.of(ProblemType.UNAUTHENTICATED, detail)
        .withHeader("WWW-Authenticate", "Bearer realm=\"taskfleet\"" + challengeError);
  }
}
