package io.taskfleet.gateway.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers with a problem from a filter, where no exception handler listens. */
public final class ProblemWriter {
  private ProblemWriter() {}

  /** Writes the whole response. */
  public static void write(
      HttpServletRequest request, HttpServletResponse response, ProblemException problem)
      throws IOException {
    byte[] body = Problem.of(problem, TraceContext.of(request)).toJson();
    response.setStatus(problem.type().status());
    problem.headers().forEach(response::setHeader);
    response.setContentType(Problem.MEDIA_TYPE);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
