package io.taskfleet.gateway.web;

import io.taskfleet.task.ReasonCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns whatever a request ends in into a problem document. */
@RestControllerAdvice
final class ProblemAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  ResponseEntity<byte[]> answer(ProblemException e, HttpServletRequest request) {
    HttpHeaders headers = new HttpHeaders();
    e.headers().forEach(headers::set);
    return answer(Problem.of(e, TraceContext.of(request)), headers);
  }

  /** The caller has gone, or was too slow with the body; nobody reads this answer. */
  @ExceptionHandler
  ResponseEntity<byte[]> answer(
      IOException e, HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (response.isCommitted()) {
      // An answer that has begun can only be cut off, so that its reader sees that it is not whole.
      throw e;
    }
    return answer(
        ProblemException.of(ProblemType.MALFORMED, "the body could not be read"), request);
  }

  /** Tomcat can make nothing of the query, such as half a percent sign, or of so much of it. */
  @ExceptionHandler
  ResponseEntity<byte[]> answer(InvalidParameterException e, HttpServletRequest request) {
    return answer(
        ProblemException.malformed("", ReasonCode.MALFORMED, "the query could not be read"),
        request);
  }

  @ExceptionHandler
  ResponseEntity<byte[]> answer(Exception e, HttpServletRequest request) {
    TraceContext trace = TraceContext.of(request);
    if (e instanceof ErrorResponse known) {
      // Spring's own refusals: wrong method, media type or parameter, and no such path.
      return answer(Problem.ofStatus(known.getStatusCode().value(), trace), known.getHeaders());
    }
    LOG.error("Request failed, trace_id={}", trace.traceId(), e);
    return answer(Problem.ofStatus(ProblemType.INTERNAL.status(), trace), HttpHeaders.EMPTY);
  }

  private static ResponseEntity<byte[]> answer(Problem problem, HttpHeaders headers) {
    return ResponseEntity.status(problem.status())
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem.toJson());
  }
}
