package io.taskfleet.gateway.security;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Lets a request through to its route if the caller has the route's scope. */
final class ScopeInterceptor implements HandlerInterceptor {

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (OpenPaths.include(request)) {
      return true;
    }
    RequiresScope required =
        handler instanceof HandlerMethod method
            ? method.getMethodAnnotation(RequiresScope.class)
            : null;
    if (required == null) {
      throw ProblemException.of(ProblemType.MISSING_SCOPE, "this route is closed");
    }
    if (Caller.of(request).filter(c -> c.scopes().contains(required.value())).isEmpty()) {
      throw ProblemException.of(
          ProblemType.MISSING_SCOPE, "the scope " + required.value().label() + " is required");
    }
    return true;
  }
}
