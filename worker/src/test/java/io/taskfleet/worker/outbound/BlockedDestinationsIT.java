package io.taskfleet.worker.outbound;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import io.taskfleet.worker.failure.BlockedDestinationException;
import io.taskfleet.worker.failure.TaskRejectedException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a URL says, what listens on an address that is not public is not connected to. */
@Timeout(30)
class BlockedDestinationsIT {
  private static final Duration GENEROUS = Duration.ofSeconds(20);

  private static final PayloadReader PAYLOADS = new PayloadReader();
  private static RawHttpServer sink;

  @BeforeAll
  static void listenOnEveryAddress() throws IOException {
    sink = new RawHttpServer(new ServerSocket(0), out -> {});
  }

  @AfterAll
  static void theSinkWouldHaveCounted() throws IOException {
    int before = sink.connections();
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), sink.port())) {
      await().until(() -> sink.connections() == before + 1);
    } finally {
      sink.close();
      PAYLOADS.close();
    }
  }

  static List<BlockedDestination> destinations() throws IOException {
    return BlockedDestination.all();
  }

  @Test
  void thereAreEnoughOfThem() throws IOException {
    assertThat(destinations()).hasSizeGreaterThan(100);
  }

  @ParameterizedTest
  @MethodSource("destinations")
  void noTaskNamesAnAddressThatIsNotPublic(BlockedDestination destination) {
    String payload = StrictJson.mapper().writeValueAsString(Map.of("url", url(destination.host())));

    RefusedJsonException refused =
        catchThrowableOfType(
            RefusedJsonException.class,
            () -> PAYLOADS.read(BuiltInTypes.HTTP, payload.getBytes(UTF_8)));

    if (destination.isName()) {
      assertThat(refused).isNull();
    } else {
      assertThat(refused.violations())
          .anySatisfy(
              violation -> {
                assertThat(violation.pointer()).isEqualTo("/url");
                assertThat(violation.code()).hasToString(destination.submit());
              });
    }
  }

  @ParameterizedTest
  @MethodSource("destinations")
  void noConnectionIsOpened(BlockedDestination destination) {
    URI uri = parsed(url(destination.host()));
    if (uri == null) {
      // There can be no request for it.
      assertThat(destination.submit()).isEqualTo("VALIDATION_FAILED");
      return;
    }
    try (GuardedHttpClient client = client(List.of(), destination::addresses)) {
      assertThatThrownBy(() -> client.send(get(uri), GENEROUS))
          .isInstanceOfAny(BlockedDestinationException.class, TaskRejectedException.class);
    }
    assertThat(sink.connections()).isZero();
  }

  @Test
  void aNameThatTurnsPrivateIsNotFollowed() throws Exception {
    Deque<String> answers = new ArrayDeque<>(List.of("127.0.0.3", "127.0.0.1", "127.0.0.3"));
    List<ServerSocket> neighbours = onOnePort("127.0.0.3", "127.0.0.1");
    try (RawHttpServer outside =
            new RawHttpServer(
                neighbours.getFirst(),
                out ->
                    out.write("HTTP/1.1 204 x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII)));
        RawHttpServer inside = new RawHttpServer(neighbours.getLast(), out -> {});
        // What stands for the public internet here is one address of loopback.
        GuardedHttpClient client =
            client(
                List.of("127.0.0.3"),
                _ -> new InetAddress[] {InetAddress.ofLiteral(answers.remove())})) {
      URI uri = URI.create("http://rebind.example:%d/".formatted(outside.port()));

      assertThat(client.send(get(uri), GENEROUS).status()).isEqualTo(204);
      assertThat(answers).as("one lookup for one connection").hasSize(2);
      assertThatThrownBy(() -> client.send(get(uri), GENEROUS))
          .isInstanceOf(BlockedDestinationException.class);
      assertThat(client.send(get(uri), GENEROUS).status()).isEqualTo(204);

      assertThat(outside.connections()).isEqualTo(2);
      assertThat(inside.connections()).isZero();
    }
  }

  /** What is free on the one address may be taken on the other. */
  private static List<ServerSocket> onOnePort(String one, String other) throws IOException {
    while (true) {
      ServerSocket first = new ServerSocket(0, 50, InetAddress.ofLiteral(one));
      try {
        return List.of(
            first, new ServerSocket(first.getLocalPort(), 50, InetAddress.ofLiteral(other)));
      } catch (BindException taken) {
        first.close();
      }
    }
  }

  private static String url(String host) {
    return "http://%s:%d/".formatted(host, sink.port());
  }

  private static @Nullable URI parsed(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException malformed) {
      return null;
    }
  }

  private static OutboundRequest get(URI uri) {
    return new OutboundRequest("GET", uri, Map.of(), null);
  }

  private static GuardedHttpClient client(List<String> allowed, GuardedDns.Lookup lookup) {
    return new GuardedHttpClient(
        new OutboundProperties(
            allowed, null, 100, 30, Duration.ofSeconds(3), Duration.ofSeconds(3)),
        Clock.systemUTC(),
        lookup);
  }
}
