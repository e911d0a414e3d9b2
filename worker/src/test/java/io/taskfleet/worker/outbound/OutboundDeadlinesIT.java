package io.taskfleet.worker.outbound;

import static io.taskfleet.worker.outbound.LoopbackCalls.GENEROUS;
import static io.taskfleet.worker.outbound.LoopbackCalls.LOOPBACK;
import static io.taskfleet.worker.outbound.LoopbackCalls.TIGHT;
import static io.taskfleet.worker.outbound.LoopbackCalls.client;
import static io.taskfleet.worker.outbound.LoopbackCalls.get;
import static io.taskfleet.worker.outbound.RawHttpServer.await;
import static io.taskfleet.worker.outbound.RawHttpServer.drip;
import static io.taskfleet.worker.outbound.RawHttpServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls end in their time, whatever the other side does. */
@Timeout(30)
class OutboundDeadlinesIT {
  private final GuardedHttpClient client = client(InetAddress::getAllByName);

  @BeforeAll
  static void callOnce() throws Exception {
    LoopbackCalls.callOnce();
  }

  @AfterEach
  void close() {
    client.close();
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
}
