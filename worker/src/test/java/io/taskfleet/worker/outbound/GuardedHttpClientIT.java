package io.taskfleet.worker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.worker.failure.CallRefusedException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GuardedHttpClientIT {
  private static final Duration GENEROUS = Duration.ofSeconds(20);
  private static final Duration TIGHT = Duration.ofMillis(400);
  private static final List<String> LOOPBACK = List.of("127.0.0.0/8");
  private static final int KEPT = 64 * 1024;

  private final GuardedHttpClient client = client(InetAddress::getAllByName);

  /** The first call loads the classes of all others, which are given little time. */
  @BeforeAll
  static void callOnce() throws Exception {
    try (RawHttpServer server = new RawHttpServer(out -> write(out, "HTTP/1.1 204 x\r\n\r\n"));
        GuardedHttpClient first = client(InetAddress::getAllByName)) {
      assertThat(first.send(get(server.url()), GENEROUS).status()).isEqualTo(204);
    }
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void returnsStatusBodyAndRetryAfter() throws Exception {
    try (RawHttpServer server =
        new RawHttpServer(
            out -> write(out, "HTTP/1.1 503 x\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno"))) {
      OutboundReply reply = client.send(get(server.url()), GENEROUS);

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.retryAfter()).isEqualTo(Duration.ofSeconds(7));
      assertThat(reply.body()).asString(StandardCharsets.UTF_8).isEqualTo("no");
      assertThat(reply.truncated()).isFalse();
    }
  }

  @Test
  void readsNoMoreOfAnEndlessBodyThanItKeeps() throws Exception {
    AtomicInteger written = new AtomicInteger();
    try (RawHttpServer server = new RawHttpServer(out -> endless(out, written))) {
      OutboundReply reply = client.send(get(server.url()), GENEROUS);

      assertThat(reply.truncated()).isTrue();
      assertThat(reply.body()).hasSize(KEPT);
      assertThat(server.abandoned().await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void readsNoMoreOfALongBodyThanItKeeps() throws Exception {
    try (RawHttpServer server =
        new RawHttpServer(
            out -> {
              write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
              while (true) {
                out.write(new byte[8_192]);
              }
            })) {
      assertThat(client.send(get(server.url()), GENEROUS).truncated()).isTrue();
      assertThat(server.abandoned().await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void keepsABodyThatJustFits() throws Exception {
    try (RawHttpServer server =
        new RawHttpServer(
            out -> {
              write(out, "HTTP/1.1 200 OK\r\nContent-Length: " + KEPT + "\r\n\r\n");
              out.write(new byte[KEPT]);
            })) {
      OutboundReply reply = client.send(get(server.url()), GENEROUS);

      assertThat(reply.body()).hasSize(KEPT);
      assertThat(reply.truncated()).isFalse();
    }
  }

  @Test
  void endsACallToAServerThatNeverAnswers() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (RawHttpServer server = new RawHttpServer(out -> await(end))) {
      assertTimesOut(get(server.url()));
    } finally {
      end.countDown();
    }
  }

  @Test
  void endsACallToAServerThatDripsItsBody() throws Exception {
    try (RawHttpServer server =
        new RawHttpServer(
            out -> {
              write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
              drip(out, "x");
            })) {
      assertTimesOut(get(server.url()));
      assertThat(server.abandoned().await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void endsACallToAServerThatDripsItsHead() throws Exception {
    try (RawHttpServer server =
        new RawHttpServer(
            out -> {
              write(out, "HTTP/1.1 200 OK\r\n");
              drip(out, "a: b\r\n");
            })) {
      assertTimesOut(get(server.url()));
    }
  }

  @Test
  void endsACallToAServerThatOnlyEverPromises() throws Exception {
    try (RawHttpServer server =
        new RawHttpServer(out -> drip(out, "HTTP/1.1 102 Processing\r\n\r\n"))) {
      assertTimesOut(get(server.url()));
    }
  }

  @Test
  void refusesAHeadWithoutEnd() throws Exception {
    try (RawHttpServer server =
        new RawHttpServer(
            out -> {
              write(out, "HTTP/1.1 200 OK\r\na: ");
              while (true) {
                out.write(new byte[] {'x'});
              }
            })) {
      assertThatThrownBy(() -> client.send(get(server.url()), GENEROUS))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    AtomicReference<Exception> thrown = new AtomicReference<>();
    try (RawHttpServer server = new RawHttpServer(out -> await(end))) {
      Thread attempt =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      OutboundReply _ = client.send(get(server.url()), GENEROUS);
                    } catch (Exception e) {
                      thrown.set(e);
                    }
                  });
      Awaitility.await()
          .until(
              () ->
                  attempt.getState() == Thread.State.TIMED_WAITING
                      || attempt.getState() == Thread.State.WAITING);

      attempt.interrupt();

      assertThat(attempt.join(Duration.ofSeconds(10))).isTrue();
      assertThat(thrown.get()).isInstanceOf(IOException.class);
    } finally {
      end.countDown();
    }
  }

  @Test
  void freesTheConnectionOfACallThatTimedOut() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch end = new CountDownLatch(1);
    OutboundProperties one =
        new OutboundProperties(LOOPBACK, null, 1, 1, Duration.ofSeconds(3), Duration.ofSeconds(3));
    try (GuardedHttpClient narrow = new GuardedHttpClient(one, Clock.systemUTC());
        RawHttpServer server =
            new RawHttpServer(
                out -> {
                  if (calls.getAndIncrement() == 0) {
                    await(end);
                  }
                  write(out, "HTTP/1.1 204 x\r\n\r\n");
                })) {
      assertThatThrownBy(() -> narrow.send(get(server.url()), TIGHT))
          .isInstanceOf(SocketTimeoutException.class);

      assertThat(narrow.send(get(server.url()), GENEROUS).status()).isEqualTo(204);
    } finally {
      end.countDown();
    }
  }

  @Test
  void endsInTimeThoughTheResolverHangs() {
    CountDownLatch end = new CountDownLatch(1);
    try (GuardedHttpClient unresolved = patient(host -> hang(end))) {
      assertTimesOut(unresolved, get("http://api.example/"));
    } finally {
      end.countDown();
    }
  }

  @Test
  void endsInTimeThoughNoneOfSeveralAddressesAnswers() throws Exception {
    InetAddress[] addresses = {
      InetAddress.ofLiteral("127.0.0.1"),
      InetAddress.ofLiteral("127.0.0.2"),
      InetAddress.ofLiteral("127.0.0.3")
    };
    try (SilentPort silent = new SilentPort();
        GuardedHttpClient unanswered = patient(host -> addresses)) {
      assertTimesOut(unanswered, get("http://api.example:%d/".formatted(silent.number())));
    }
  }

  /** It would wait for a long time, if it were not for the limit of each call. */
  private static GuardedHttpClient patient(GuardedDns.Lookup lookup) {
    return new GuardedHttpClient(
        new OutboundProperties(LOOPBACK, null, 100, 30, GENEROUS, GENEROUS),
        Clock.systemUTC(),
        lookup);
  }

  /** As the system's resolver does: an interrupt changes nothing. */
  private static InetAddress[] hang(CountDownLatch end) {
    boolean ended = false;
    while (!ended) {
      try {
        end.await();
        ended = true;
      } catch (InterruptedException ignored) {
        ended = false;
      }
    }
    return new InetAddress[0];
  }

  /** At which, on any address of loopback, connections are neither accepted nor refused. */
  private static final class SilentPort implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("0.0.0.0"));
    private final List<Socket> waiting = new ArrayList<>();

    SilentPort() throws IOException {
      boolean isFull = false;
      while (!isFull) {
        Socket next = new Socket();
        waiting.add(next);
        try {
          next.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), number()), 200);
        } catch (SocketTimeoutException full) {
          isFull = true;
        }
      }
    }

    int number() {
      return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void refusesACallThatFindsNoConnectionFreeInItsTime() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    OutboundProperties one = new OutboundProperties(LOOPBACK, null, 1, 1, GENEROUS, GENEROUS);
    try (GuardedHttpClient narrow = new GuardedHttpClient(one, Clock.systemUTC());
        RawHttpServer busy = new RawHttpServer(out -> await(end));
        RawHttpServer other = new RawHttpServer(out -> write(out, "HTTP/1.1 204 x\r\n\r\n"));
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      begin(calls, narrow, busy);
      Awaitility.await().until(() -> busy.connections() == 1);

      assertThatThrownBy(() -> narrow.send(get(other.url()), TIGHT))
          .isInstanceOf(CallRefusedException.class);

      assertThat(other.connections()).isZero();
      end.countDown();
    }
  }

  @Test
  void neitherFollowsRedirectsNorUnpacksNorKeepsCookies() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (RawHttpServer server =
        new RawHttpServer(
            out -> {
              calls.incrementAndGet();
              write(
                  out,
                  """
                  HTTP/1.1 302 x\r
                  Location: /elsewhere\r
                  Set-Cookie: a=b\r
                  Content-Encoding: gzip\r
                  Content-Length: 3\r
                  \r
                  raw\
                  """);
            })) {
      OutboundReply reply = client.send(get(server.url()), GENEROUS);

      assertThat(reply.status()).isEqualTo(302);
      assertThat(reply.body()).asString(StandardCharsets.UTF_8).isEqualTo("raw");
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void opensOnlySoManyConnectionsInAllAndToEachHost() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    OutboundProperties narrow =
        new OutboundProperties(LOOPBACK, null, 3, 2, Duration.ofSeconds(3), Duration.ofMillis(200));
    try (GuardedHttpClient bounded = new GuardedHttpClient(narrow, Clock.systemUTC());
        RawHttpServer first = new RawHttpServer(out -> await(end));
        RawHttpServer second = new RawHttpServer(out -> await(end));
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor()) {
      begin(calls, bounded, first);
      begin(calls, bounded, first);
      Awaitility.await().until(() -> first.connections() == 2);

      assertThatThrownBy(() -> bounded.send(get(first.url()), GENEROUS))
          .isInstanceOf(CallRefusedException.class);
      begin(calls, bounded, second);
      Awaitility.await().until(() -> second.connections() == 1);
      assertThatThrownBy(() -> bounded.send(get(second.url()), GENEROUS))
          .isInstanceOf(CallRefusedException.class);

      assertThat(first.connections()).isEqualTo(2);
      assertThat(second.connections()).isEqualTo(1);
      end.countDown();
    }
  }

  private static void begin(ExecutorService calls, GuardedHttpClient by, RawHttpServer to) {
    var _ = calls.submit(() -> by.send(get(to.url()), GENEROUS));
  }

  @Test
  void looksAtTheVeryAddressItConnectsTo() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    try (RawHttpServer server = new RawHttpServer(out -> write(out, "HTTP/1.1 204 x\r\n\r\n"));
        GuardedHttpClient rebound =
            client(
                host -> {
                  lookups.incrementAndGet();
                  return new InetAddress[] {InetAddress.getLoopbackAddress()};
                })) {
      String url = "http://rebinding.example:" + URI.create(server.url()).getPort() + "/";

      assertThat(rebound.send(get(url), GENEROUS).status()).isEqualTo(204);

      assertThat(lookups).hasValue(1);
    }
  }

  private void assertTimesOut(OutboundRequest request) {
    assertTimesOut(client, request);
  }

  private static void assertTimesOut(GuardedHttpClient by, OutboundRequest request) {
    long start = System.nanoTime();

    assertThatThrownBy(() -> by.send(request, TIGHT))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("in time");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(TIGHT, TIGHT.plusSeconds(3));
  }

  private static GuardedHttpClient client(GuardedDns.Lookup lookup) {
    OutboundProperties properties =
        new OutboundProperties(
            LOOPBACK, null, 100, 30, Duration.ofSeconds(3), Duration.ofSeconds(3));
    return new GuardedHttpClient(properties, Clock.systemUTC(), lookup);
  }

  private static OutboundRequest get(String url) {
    return new OutboundRequest("GET", URI.create(url), Map.of(), null);
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void endless(OutputStream out, AtomicInteger written) throws IOException {
    write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (true) {
      write(out, "400\r\n" + "x".repeat(1_024) + "\r\n");
      written.incrementAndGet();
    }
  }

  /** Slower than any read timeout could notice. */
  private static void drip(OutputStream out, String drop) throws IOException {
    CountDownLatch never = new CountDownLatch(1);
    try {
      while (!never.await(20, TimeUnit.MILLISECONDS)) {
        write(out, drop);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
