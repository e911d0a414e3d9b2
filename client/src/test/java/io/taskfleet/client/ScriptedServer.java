package io.taskfleet.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that answers the first request so and the second so; the last answer is repeated. */
final class ScriptedServer implements AutoCloseable {
  static final String TASK =
      "{\"id\":\"01a1fe24-8f69-798a-b174-0f5664c32482\",\"type\":\"email\",\"state\":\"queued\"}";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final List<Answer> answers;

  @FunctionalInterface
  interface Answer {
    void give(HttpExchange exchange) throws IOException;
  }

  /** A request that came. */
  record Seen(String method, String path, String key, String lastEventId, String body, long at) {}

  ScriptedServer(Answer... answers) {
    this.answers = List.of(answers);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** An answer with headers by turns name and value. */
  static Answer answer(int status, String body, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      byte[] bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    };
  }

  /** An answer of events, after which the connection ends in order. */
  static Answer events(String text) {
    return exchange -> {
      exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(text.getBytes(UTF_8));
    };
  }

  /** No answer at all. */
  static Answer hangUp() {
    return exchange -> {
      throw new IOException("on purpose");
    };
  }

  /** The beginning of an answer. */
  static Answer cutOff(int status, String body) {
    return exchange -> {
      exchange.sendResponseHeaders(status, body.length() + 100L);
      exchange.getResponseBody().write(body.getBytes(UTF_8));
      exchange.getResponseBody().flush();
      throw new IOException("on purpose");
    };
  }

  TaskfleetClient client() {
    return client(
        new RetryPolicy(5, Duration.ofSeconds(10), Duration.ofMillis(1), Duration.ofMillis(5)));
  }

  TaskfleetClient client(RetryPolicy policy) {
    return TaskfleetClient.at(url()).key("tf_test").retries(policy).build();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Seen> seen() {
    return seen;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var headers = exchange.getRequestHeaders();
      int number;
      synchronized (seen) {
        number = seen.size();
        seen.add(
            new Seen(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                String.valueOf(headers.getFirst("Idempotency-Key")),
                String.valueOf(headers.getFirst("Last-Event-ID")),
                new String(exchange.getRequestBody().readAllBytes(), UTF_8),
                System.nanoTime()));
      }
      answers.get(Math.min(number, answers.size() - 1)).give(exchange);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
