package io.taskfleet.worker.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.worker.failure.BlockedDestinationException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls through a proxy, which sees what the guard has let through and nothing else. */
@Timeout(30)
class EgressProxyIT {
  private static final String OPEN = "HTTP/1.1 200 Connection established\r\nVia: 1.1 x\r\n\r\n";
  private static final Duration GENEROUS = Duration.ofSeconds(20);

  @Test
  void isAskedForTheCheckedAddressAndNeverForTheName() throws Exception {
    try (Proxy proxy = new Proxy(OPEN);
        GuardedHttpClient client = through(proxy, "fleet:s3cret@", "93.184.215.14")) {
      OutboundReply reply = client.send(get("http://api.example:8080/x"), GENEROUS);

      assertThat(reply.status()).isEqualTo(204);
      assertThat(proxy.heads.getFirst())
          .startsWith("CONNECT 93.184.215.14:8080 HTTP/1.1\r\nHost: 93.184.215.14:8080\r\n")
          .contains("Proxy-Authorization: Basic ZmxlZXQ6czNjcmV0\r\n")
          .doesNotContain("api.example");
      assertThat(proxy.heads.getLast())
          .startsWith("GET /x HTTP/1.1\r\n")
          .contains("Host: api.example:8080\r\n")
          .doesNotContain("Proxy-");
    }
  }

  @Test
  void namesAddressesOfIpv6AsUrlsDo() throws Exception {
    try (Proxy proxy = new Proxy(OPEN);
        GuardedHttpClient client = through(proxy, "", "2606:4700::1111")) {
      assertThat(client.send(get("http://api.example/"), GENEROUS).status()).isEqualTo(204);

      assertThat(proxy.heads.getFirst()).startsWith("CONNECT [2606:4700:0:0:0:0:0:1111]:80 ");
    }
  }

  @Test
  void carriesTlsForTheHostThatTheUrlNames() throws Exception {
    try (Proxy proxy = new Proxy(OPEN);
        GuardedHttpClient client = through(proxy, "", "93.184.215.14")) {
      // What answers behind the tunnel speaks no TLS.
      assertThatThrownBy(() -> client.send(get("https://api.example/"), GENEROUS))
          .isInstanceOf(IOException.class);

      assertThat(proxy.heads.getFirst()).startsWith("CONNECT 93.184.215.14:443 ");
      assertThat(proxy.heads.getLast()).startsWith("\u0016\u0003").contains("api.example");
    }
  }

  @Test
  void isNotAskedForWhatIsNotPublic() throws Exception {
    try (Proxy proxy = new Proxy(OPEN);
        GuardedHttpClient client =
            through(proxy, "", "93.184.215.14", "10.0.0.1", "169.254.169.254")) {
      assertThat(client.send(get("http://rebind.example/"), GENEROUS).status()).isEqualTo(204);

      assertThatThrownBy(() -> client.send(get("http://rebind.example/"), GENEROUS))
          .isInstanceOf(BlockedDestinationException.class);
      assertThatThrownBy(() -> client.send(get("http://metadata.example/"), GENEROUS))
          .isInstanceOf(BlockedDestinationException.class);
      assertThatThrownBy(() -> client.send(get("http://127.0.0.1/"), GENEROUS))
          .isInstanceOf(BlockedDestinationException.class);

      assertThat(proxy.heads).filteredOn(head -> head.startsWith("CONNECT")).hasSize(1);
    }
  }

  @Test
  void failsTheCallWhenItRefusesOrTalksNonsense() throws Exception {
    for (String answer :
        List.of(
            "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            "HTTP/1.1 403 Forbidden\r\n\r\n",
            "HTTP/1.1 2000 x\r\n\r\n",
            "nonsense\r\n\r\n",
            "x".repeat(20_000),
            "HTTP/1.1 200 OK\r\n")) {
      try (Proxy proxy = new Proxy(answer);
          GuardedHttpClient client = through(proxy, "", "93.184.215.14")) {
        assertThatThrownBy(() -> client.send(get("http://api.example/"), GENEROUS))
            .as(answer)
            .isInstanceOf(ConnectException.class);
        assertThat(proxy.heads).hasSize(1);
      }
    }
  }

  @Test
  void holdsUpNoCallForLongerThanItsConnectTimeout() throws Exception {
    try (Proxy proxy = new Proxy(null);
        GuardedHttpClient client = through(proxy, "", "93.184.215.14")) {
      long start = System.nanoTime();

      assertThatThrownBy(() -> client.send(get("http://api.example/"), GENEROUS))
          .isInstanceOf(SocketTimeoutException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  private static GuardedHttpClient through(Proxy proxy, String user, String... lookups) {
    Deque<String> answers = new ArrayDeque<>(List.of(lookups));
    OutboundProperties properties =
        new OutboundProperties(
            List.of(),
            URI.create("http://%sproxy.internal:%d".formatted(user, proxy.port())),
            100,
            30,
            Duration.ofSeconds(3),
            Duration.ofSeconds(1));
    return new GuardedHttpClient(
        properties,
        Clock.systemUTC(),
        host ->
            new InetAddress[] {
              switch (host) {
                case "proxy.internal" -> InetAddress.getLoopbackAddress();
                case "127.0.0.1" -> InetAddress.ofLiteral(host);
                default -> InetAddress.ofLiteral(answers.remove());
              }
            });
  }

  private static OutboundRequest get(String url) {
    return new OutboundRequest("GET", URI.create(url), Map.of(), null);
  }

  /** Answers the first head with this, and is the host behind the tunnel itself. */
  private static final class Proxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final @Nullable String answer;
    final List<String> heads = new CopyOnWriteArrayList<>();

    /**
     * A proxy that answers so.
     *
     * @param answer null for none at all
     */
    Proxy(@Nullable String answer) throws IOException {
      this.answer = answer;
      Thread.ofVirtual().start(this::serve);
    }

    int port() {
      return server.getLocalPort();
    }

    private void serve() {
      try {
        while (!server.isClosed()) {
          Socket socket = server.accept();
          Thread.ofVirtual().start(() -> talk(socket));
        }
      } catch (IOException closed) {
        assertThat(server.isClosed()).isTrue();
      }
    }

    private void talk(Socket socket) {
      try (socket) {
        InputStream in = socket.getInputStream();
        heads.add(received(in));
        if (answer == null) {
          int _ = in.read();
          return;
        }
        socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
        if (answer.equals(OPEN)) {
          heads.add(received(in));
          socket
              .getOutputStream()
              .write("HTTP/1.1 204 x\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
        }
      } catch (IOException gone) {
        heads.add("");
      }
    }

    /** One head fits into one packet, and one packet is what loopback hands over. */
    private static String received(InputStream in) throws IOException {
      byte[] packet = new byte[16_384];
      int length = in.read(packet);
      return new String(packet, 0, Math.max(length, 0), ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
