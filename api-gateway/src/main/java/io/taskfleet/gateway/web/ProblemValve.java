package io.taskfleet.gateway.web;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's error page: a problem document for requests that Tomcat itself refuses. Tomcat makes the
 * instance, by the name of the class.
 */
public final class ProblemValve extends ErrorReportValve {

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    super.invoke(request, response);
    if (response.getStatus() == ProblemType.TOO_SLOW.status()) {
      // Else Tomcat would go on reading the body that was given up.
      request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable throwable) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    AtomicBoolean writable = new AtomicBoolean();
    response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, writable);
    if (!writable.get()) {
      return;
    }
    TraceContext trace = TraceContext.of(request);
    stampHeaders(request, response, trace);
    try {
      byte[] body = Problem.ofStatus(status, trace).toJson();
      response.setContentType(Problem.MEDIA_TYPE);
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
      response.finishResponse();
    } catch (IOException | IllegalStateException gone) {
      // The caller has hung up, or the answer is on its way already.
    }
  }

  private static void stampHeaders(Request request, Response response, TraceContext trace) {
    if (response.getHeader(TraceContext.HEADER) == null) {
      response.setHeader(TraceContext.HEADER, trace.header());
    }
    if (response.getHeader(TimedResponse.HEADER) == null) {
      long start = request.getCoyoteRequest().getStartTimeNanos();
      response.setHeader(TimedResponse.HEADER, TimedResponse.since(start));
    }
  }
}
