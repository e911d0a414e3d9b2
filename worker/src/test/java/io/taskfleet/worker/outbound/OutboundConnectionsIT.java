package io.taskfleet.worker.outbound;

import static io.taskfleet.worker.outbound.LoopbackCalls.GENEROUS;
import static io.taskfleet.worker.outbound.LoopbackCalls.LOOPBACK;
import static io.taskfleet.worker.outbound.LoopbackCalls.TIGHT;
import static io.taskfleet.worker.outbound.LoopbackCalls.client;
import static io.taskfleet.worker.outbound.LoopbackCalls.get;
import static io.taskfleet.worker.outbound.RawHttpServer.await;
import static io.taskfleet.worker.outbound.RawHttpServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.worker.failure.CallRefusedException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where connections go, how many there are, and what becomes of them. */
@Timeout(30)
class OutboundConnectionsIT {
  @BeforeAll
  static void callOnce() throws Exception {
    LoopbackCalls.callOnce();
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
}
