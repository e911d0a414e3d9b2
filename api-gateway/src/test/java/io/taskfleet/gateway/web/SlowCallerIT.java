package io.taskfleet.gateway.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.TestGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Callers that dawdle or never end: each is answered, or cut off, within a bounded time. */
class SlowCallerIT {
  private static final Duration SOON = Duration.ofSeconds(8);
  private static final Duration DRIP = Duration.ofMillis(100);
  private static final String POST =
      """
      POST /v1/analytics/events HTTP/1.1\r
      Host: localhost\r
      Authorization: Bearer %s\r
      Content-Type: application/json\r
      """
          .formatted(TestGateway.KEY);

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.onSharedServers(
            "slow_caller",
            Map.of(
                "server.tomcat.connection-timeout", "2s",
                "taskfleet.web.header-timeout", "1s",
                "taskfleet.web.body-timeout", "1s"));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void cutsOffHeadersThatTrickleIn() throws IOException {
    try (RawSocket socket = new RawSocket()) {
      socket.send("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");

      socket.dripUntilClosed("a");

      assertThat(socket.received()).isEmpty();
    }
  }

  @Test
  void cutsOffARequestLineThatTricklesInOnAnOldConnection() throws IOException {
    try (RawSocket socket = new RawSocket()) {
      socket.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
      Awaitility.await().until(() -> socket.received().startsWith("HTTP/1.1 200"));
      socket.send("GET /hea");

      socket.dripUntilClosed("l");
    }
  }

  @Test
  void answersHeadersThatTakeAMomentButNotTooLong() throws IOException {
    try (RawSocket socket = new RawSocket()) {
      for (String piece : List.of("GET /health HTTP/1.1", "\r\nHost: localhost\r", "\n\r", "\n")) {
        socket.send(piece);
      }

      Awaitility.await().atMost(SOON).until(() -> socket.received().startsWith("HTTP/1.1 200"));
    }
  }

  @Test
  void cutsOffACallerThatSaysNothing() throws IOException {
    try (RawSocket socket = new RawSocket()) {
      Awaitility.await().atMost(SOON).until(socket::isClosed);
    }
  }

  @Test
  void answersABodyThatDrips() throws IOException {
    try (RawSocket socket = new RawSocket()) {
      socket.send(POST + "Content-Length: 1000000\r\n\r\n{\"name\":\"");

      socket.dripUntilClosed("a");

      assertProblem(socket.received(), 408, "too-slow");
    }
  }

  @Test
  void answersAChunkedBodyThatDrips() throws IOException {
    try (RawSocket socket = new RawSocket()) {
      socket.send(POST + "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"name\":\"\r\n");

      socket.dripUntilClosed("1\r\na\r\n");

      assertProblem(socket.received(), 408, "too-slow");
    }
  }

  @Test
  void answersABodyThatStops() throws IOException {
    try (RawSocket socket = new RawSocket()) {
      socket.send(POST + "Content-Length: 100\r\n\r\n{\"name\":\"");

      Awaitility.await().atMost(SOON).until(socket::isClosed);

      assertProblem(socket.received(), 408, "too-slow");
    }
  }

  @Test
  void answersAChunkedBodyThatNeverEnds() throws IOException {
    String chunk = "10000\r\n" + "a".repeat(0x10000) + "\r\n";
    try (RawSocket socket = new RawSocket()) {
      socket.send(POST + "Transfer-Encoding: chunked\r\n\r\n");

      Awaitility.await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> !socket.received().isEmpty() || !socket.trySend(chunk));

      Awaitility.await().atMost(SOON).until(socket::isClosed);
      assertProblem(socket.received(), 413, "too-large");
    }
  }

  @Test
  void refusesHeadersThatAreTooLargeOrTooMany() throws IOException {
    try (RawSocket large = new RawSocket();
        RawSocket many = new RawSocket()) {
      large.send(POST + "X-Large: " + "a".repeat(9000) + "\r\n\r\n");
      many.send(POST + "X-Many: a\r\n".repeat(500) + "\r\n");

      Awaitility.await().atMost(SOON).until(() -> large.isClosed() && many.isClosed());

      assertProblem(large.received(), 400, "malformed");
      assertProblem(many.received(), 400, "malformed");
    }
  }

  private static void assertProblem(String answer, int status, String type) {
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status)
        .contains("application/problem+json")
        .contains("\"type\":\"/problems/" + type + "\"")
        .doesNotContain("Exception")
        .doesNotContain("apache");
  }

  /** A connection on which every byte counts. */
  private static final class RawSocket implements AutoCloseable {
    private final Socket socket;
    private final StringBuilder received = new StringBuilder();
    private boolean closed;

    RawSocket() throws IOException {
      URI url = URI.create(gateway.url());
      socket = new Socket(url.getHost(), url.getPort());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(1);
    }

    void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    boolean trySend(String text) {
      try {
        send(text);
        return true;
      } catch (IOException cutOff) {
        return false;
      }
    }

    void dripUntilClosed(String drop) {
      Awaitility.await().atMost(SOON).pollInterval(DRIP).until(() -> isClosed() || !trySend(drop));
    }

    /** What has come so far. */
    String received() {
      byte[] buffer = new byte[8192];
      try {
        while (!closed) {
          int read = socket.getInputStream().read(buffer);
          if (read < 0) {
            closed = true;
          } else {
            received.append(new String(buffer, 0, read, US_ASCII));
          }
        }
      } catch (SocketTimeoutException nothingMore) {
        // Not yet.
      } catch (IOException reset) {
        closed = true;
      }
      return received.toString();
    }

    boolean isClosed() {
      received();
      return closed;
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
