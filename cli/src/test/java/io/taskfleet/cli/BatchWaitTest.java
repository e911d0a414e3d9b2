package io.taskfleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for a batch while its gateway comes and goes. */
class BatchWaitTest {
  private static final String ID = "01a1fe24-8f69-798a-b174-0f5664c32482";
  private static final String BATCH =
      """
      {"id": "%s", "state": "%s", "total": 2, "processed": %d, "created_at": "2026-11-22T10:00:00Z"%s,
       "counts": {"pending": 0, "succeeded": %d, "dead": 0, "cancelled": 0, "expired": 0}}
      """;

  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer gateway;

  @BeforeEach
  void start() throws IOException {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext("/v1/batches/" + ID, this::answer);
    gateway.start();
  }

  @AfterEach
  void stop() {
    gateway.stop(0);
  }

  // Runs, then cannot be asked for longer than a look may take, then has ended.
  private void answer(HttpExchange exchange) throws IOException {
    int number = asked.incrementAndGet();
    if (number == 2) {
      exchange.getResponseHeaders().set("Retry-After", "30");
    }
    byte[] body =
        (number == 1
                ? BATCH.formatted(ID, "running", 1, "", 1)
                : BATCH.formatted(
                    ID, "finished", 2, ", \"finished_at\": \"2026-11-22T10:00:09Z\"", 2))
            .getBytes(UTF_8);
    exchange.sendResponseHeaders(number == 2 ? 503 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void outlastsAGatewayThatIsAwayForAWhile() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String url = "http://127.0.0.1:" + gateway.getAddress().getPort();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            false,
            false,
            Map.of("TASKFLEET_URL", url, "TASKFLEET_KEY", "tf_test"));

    int code = Main.run(new String[] {"wait", "--batch", ID}, terminal, null);

    assertThat(code).as(err.toString(UTF_8)).isZero();
    assertThat(out.toString(UTF_8)).contains("finished").contains("2 of 2 ended");
    assertThat(asked).hasValue(3);
  }
}
