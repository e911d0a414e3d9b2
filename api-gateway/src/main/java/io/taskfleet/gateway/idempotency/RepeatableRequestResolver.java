package io.taskfleet.gateway.idempotency;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.web.JsonBodyResolver;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Gives controllers the whole request, its body read. */
final class RepeatableRequestResolver implements HandlerMethodArgumentResolver {
  private final JsonBodyResolver bodies;

  RepeatableRequestResolver(JsonBodyResolver bodies) {
    this.bodies = bodies;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == RepeatableRequest.class;
  }

  @Override
  public RepeatableRequest resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest web,
      @Nullable WebDataBinderFactory binders)
      throws IOException {
    HttpServletRequest request = (HttpServletRequest) web.getNativeRequest();
    byte[] body = bodies.read(request).utf8();
    return new RepeatableRequest(
        new IdempotencyKey(request.getHeader(IdempotencyKey.HEADER)),
        Caller.of(request).orElseThrow().tenant(),
        request.getMethod() + " " + request.getRequestURI(),
        body);
  }
}
