package io.taskfleet.gateway.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Reads a body up to its limits in length and time, as long as there is {@link BodyRoom room}. The
 * length a caller declares is checked, and not believed.
 */
public final class JsonBodyResolver implements HandlerMethodArgumentResolver {

  private static final int UNDECLARED = JsonBody.MAX_BYTES + 1;
  private static final int FIRST_BUFFER = 8192;

  private final Duration timeout;
  private final BodyRoom room;

  JsonBodyResolver(Duration timeout, BodyRoom room) {
    this.timeout = timeout;
    this.room = room;
  }

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
    return read((HttpServletRequest) web.getNativeRequest());
  }

  /**
   * The body of this request.
   *
   * @throws ProblemException if it is too large, too slow, or not plain UTF-8, or there is no room
   */
  public JsonBody read(HttpServletRequest request) throws IOException {
    JsonBody.requirePlainUtf8(request);
    if (request.getContentLengthLong() > JsonBody.MAX_BYTES) {
      throw tooLarge();
    }
    int declared = request.getContentLength();
    byte[] body = readUpTo(declared >= 0 ? declared : UNDECLARED, request);
    if (body.length > JsonBody.MAX_BYTES) {
      throw tooLarge();
    }
    return new JsonBody(body);
  }

  // The buffer grows with what has come: a length is declared easily. The container limits the
  // pause between two bytes, and this the time for all of them.
  private byte[] readUpTo(int most, HttpServletRequest request) throws IOException {
    InputStream in = request.getInputStream();
    long start = System.nanoTime();
    byte[] body = new byte[Math.min(most, FIRST_BUFFER)];
    int length = 0;
    while (length < most) {
      if (length == body.length) {
        int larger = Math.min(most, 2 * length);
        room.take(request, larger - length);
        body = Arrays.copyOf(body, larger);
      }
      int read = readSome(in, body, length);
      if (read < 0) {
        break;
      }
      length += read;
      if (length < most && System.nanoTime() - start > timeout.toNanos()) {
        throw tooSlow();
      }
    }
    return length == body.length ? body : Arrays.copyOf(body, length);
  }

  private static int readSome(InputStream in, byte[] body, int length) throws IOException {
    try {
      return in.read(body, length, body.length - length);
    } catch (IOException e) {
      if (e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException) {
        throw tooSlow();
      }
      throw e;
    }
  }

  private static ProblemException tooSlow() {
    return ProblemException.of(ProblemType.TOO_SLOW, "the body took too long")
        .withHeader("Connection", "close");
  }

  private static ProblemException tooLarge() {
    return ProblemException.of(
        ProblemType.TOO_LARGE, "the body may hold " + JsonBody.MAX_BYTES + " bytes");
  }
}
