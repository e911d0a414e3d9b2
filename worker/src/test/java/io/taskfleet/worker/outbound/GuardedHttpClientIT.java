package io.taskfleet.worker.outbound;

import static io.taskfleet.worker.outbound.LoopbackCalls.GENEROUS;
import static io.taskfleet.worker.outbound.LoopbackCalls.client;
import static io.taskfleet.worker.outbound.LoopbackCalls.get;
import static io.taskfleet.worker.outbound.RawHttpServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is made of replies. */
@Timeout(30)
class GuardedHttpClientIT {
  private static final int KEPT = 64 * 1024;

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

  private static void endless(OutputStream out, AtomicInteger written) throws IOException {
    write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (true) {
      write(out, "400\r\n" + "x".repeat(1_024) + "\r\n");
      written.incrementAndGet();
    }
  }
}
