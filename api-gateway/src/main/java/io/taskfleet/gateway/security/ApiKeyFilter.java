package io.taskfleet.gateway.security;

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

/**
 * Refuses every request without a good key. Spring Security would do no more here and costs a chain
 * of a dozen filters per request.
 */
final class ApiKeyFilter implements Filter {
  private static final String OPEN_PATH = "/health";
  private static final String SCHEME = "Bearer ";

  private final ApiKeys keys;

  ApiKeyFilter(ApiKeys keys) {
    this.keys = keys;
  }

  // The raw path, so that nothing an encoded or dotted path is normalised to opens a door.
  static boolean isOpen(HttpServletRequest request) {
    return request.getRequestURI().equals(OPEN_PATH);
  }

  @Override
  public void doFilter(ServletRequest req, ServletResponse res, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest request = (HttpServletRequest) req;
    if (!isOpen(request)) {
      try {
        authenticate(request).attachTo(request);
      } catch (ProblemException refusal) {
        ProblemWriter.write(request, (HttpServletResponse) res, refusal);
        return;
      }
    }
    chain.doFilter(req, res);
  }

  private Caller authenticate(HttpServletRequest request) {
    String header = request.getHeader("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw unauthenticated("send Authorization: Bearer with an API key", "");
    }
    return keys.find(header.substring(SCHEME.length()).strip())
        .orElseThrow(() -> unauthenticated("the API key is not good", ", error=\"invalid_token\""));
  }

  private static ProblemException unauthenticated(String detail, String challengeError) {
    return ProblemException.of(ProblemType.UNAUTHENTICATED, detail)
        .withHeader("WWW-Authenticate", "Bearer realm=\"taskfleet\"" + challengeError);
  }
}
