package io.taskfleet.gateway.web;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The outermost filter: gives each exchange its trace context and its process time, and takes back
 * the room of its body.
 */
final class ExchangeFilter implements Filter {

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    TimedResponse timed = new TimedResponse((HttpServletResponse) response, System.nanoTime());
    TraceContext trace =
        TraceContext.continuing(((HttpServletRequest) request).getHeader(TraceContext.HEADER));
    trace.attachTo(request);
    timed.setHeader(TraceContext.HEADER, trace.header());
    try {
      chain.doFilter(request, timed);
    } finally {
      BodyRoom.leave(request);
    }
    timed.stampTime();
  }
}
