package io.taskfleet.gateway.socket;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * Handshakes in which nobody hears of compression, which keeps a window for each client and
 * inflates what is small. Tomcat agrees to it for whoever asks, whatever Spring leaves of the
 * extensions.
 */
final class UncompressedRequests extends WebSocketHttpRequestHandler {
  private static final String EXTENSIONS = "Sec-WebSocket-Extensions";

  UncompressedRequests(WebSocketHandler handler, HandshakeHandler handshake) {
    super(handler, handshake);
  }

  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    super.handleRequest(
        new HttpServletRequestWrapper(request) {
          @Override
          public Enumeration<String> getHeaders(String name) {
            return EXTENSIONS.equalsIgnoreCase(name)
                ? Collections.emptyEnumeration()
                : super.getHeaders(name);
          }
        },
        response);
  }
}
