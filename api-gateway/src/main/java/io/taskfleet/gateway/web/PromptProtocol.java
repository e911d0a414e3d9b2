package io.taskfleet.gateway.web;

import java.io.IOException;
import java.time.Duration;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Tomcat's HTTP/1.1, with a limit to the time that the headers of a request may take. Tomcat limits
 * the pause between two bytes only, so that a few thousand clients that send a byte every few
 * seconds hold all connections for hours. Tomcat makes the instance, by the name of the class.
 */
public final class PromptProtocol extends Http11NioProtocol {
  private Duration headerTimeout = Duration.ofSeconds(10);

  void setHeaderTimeout(Duration headerTimeout) {
    this.headerTimeout = headerTimeout;
  }

  @Override
  protected Processor createProcessor() {
    return new PromptReading(this, headerTimeout.toNanos());
  }

  private static final class PromptReading extends Http11Processor {
    private final long headerNanos;

    PromptReading(PromptProtocol protocol, long headerNanos) {
      super(protocol, protocol.getAdapter());
      this.headerNanos = headerNanos;
    }

    @Override
    public SocketState service(SocketWrapperBase<?> socket) throws IOException {
      SocketState state = super.service(socket);
      // Neither finished nor handed over: the headers are incomplete, and there is more to wait
      // for.
      boolean reading = state == SocketState.LONG && !isAsync();
      return reading && isLate() ? SocketState.CLOSED : state;
    }

    private boolean isLate() {
      long start = request.getStartTimeNanos();
      return start >= 0 && System.nanoTime() - start > headerNanos;
    }
  }
}
