package io.taskfleet.worker.outbound;

import static io.taskfleet.worker.outbound.RawHttpServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Clients that may call loopback, and what they call. */
final class LoopbackCalls {
  static final Duration GENEROUS = Duration.ofSeconds(20);
  static final Duration TIGHT = Duration.ofMillis(400);
  static final List<String> LOOPBACK = List.of("127.0.0.0/8");

  private LoopbackCalls() {}

  /** The first call loads the classes of all others, which are given little time. */
  static void callOnce() throws Exception {
    try (RawHttpServer server = new RawHttpServer(out -> write(out, "HTTP/1.1 204 x\r\n\r\n"));
        GuardedHttpClient first = client(InetAddress::getAllByName)) {
      assertThat(first.send(get(server.url()), GENEROUS).status()).isEqualTo(204);
    }
  }

  static GuardedHttpClient client(GuardedDns.Lookup lookup) {
    OutboundProperties properties =
        new OutboundProperties(
            LOOPBACK, null, 100, 30, Duration.ofSeconds(3), Duration.ofSeconds(3));
    return new GuardedHttpClient(properties, Clock.systemUTC(), lookup);
  }

  static OutboundRequest get(String url) {
    return new OutboundRequest("GET", URI.create(url), Map.of(), null);
  }
}
