package io.taskfleet.gateway.live;

import io.taskfleet.gateway.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Gives controllers who wants a stream. */
final class FollowerResolver implements HandlerMethodArgumentResolver {

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Follower.class;
  }

  @Override
  public Follower resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest web,
      @Nullable WebDataBinderFactory binders) {
    HttpServletRequest request = (HttpServletRequest) web.getNativeRequest();
    HttpServletResponse response = (HttpServletResponse) web.getNativeResponse();
    if (response == null) {
      throw new IllegalStateException("a request without a response");
    }
    if (container != null) {
      // The stream is the answer.
      container.setRequestHandled(true);
    }
    return new Follower(Caller.of(request).orElseThrow(), request, response);
  }
}
