package io.taskfleet.gateway.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Reads a body up to its limit. The length a caller declares is checked, and not believed. */
final class JsonBodyResolver implements HandlerMethodArgumentResolver {

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == JsonBody.class;
  }

  @Override
  public JsonBody resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest web,
      @Nullable WebDataBinderFactory binders)
      throws IOException {
    HttpServletRequest request = (HttpServletRequest) web.getNativeRequest();
    requirePlainUtf8(request);
    if (request.getContentLengthLong() > JsonBody.MAX_BYTES) {
      throw tooLarge();
    }
    InputStream in = request.getInputStream();
    int declared = request.getContentLength();
    byte[] body = in.readNBytes(declared >= 0 ? declared : JsonBody.MAX_BYTES + 1);
    if (body.length > JsonBody.MAX_BYTES) {
      throw tooLarge();
    }
    return new JsonBody(body);
  }

  private static void requirePlainUtf8(HttpServletRequest request) {
    String charset = request.getCharacterEncoding();
    if (charset != null && !charset.equalsIgnoreCase("utf-8")) {
      throw ProblemException.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "JSON is UTF-8");
    }
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw ProblemException.of(
          ProblemType.UNSUPPORTED_MEDIA_TYPE, "send the body without content encoding");
    }
  }

  private static ProblemException tooLarge() {
    return ProblemException.of(
        ProblemType.TOO_LARGE, "the body may hold " + JsonBody.MAX_BYTES + " bytes");
  }
}
