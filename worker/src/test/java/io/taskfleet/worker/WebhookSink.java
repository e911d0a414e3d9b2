package io.taskfleet.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A receiver of webhooks that answers as it is told, and 200 when it has been told nothing. */
final class WebhookSink implements AutoCloseable {

  /** What was received. */
  record Call(String id, Map<String, List<String>> headers, String body, Instant at) {
    List<String> signatures() {
      String all = headers.getOrDefault("Webhook-signature", List.of("")).getFirst();
      return List.of(all.split(" ", -1));
    }
  }

  /** What to answer. */
  record Reply(int status, @Nullable String retryAfter) {}

  private final HttpServer server;
  private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private volatile Reply usual = new Reply(200, null);

  WebhookSink() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  /** From now on this status. */
  WebhookSink always(int status) {
    usual = new Reply(status, null);
    return this;
  }

  /** This status once, after those that are still to be answered. */
  WebhookSink once(int status, @Nullable String retryAfter) {
    replies.add(new Reply(status, retryAfter));
    return this;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    Map<String, List<String>> headers = Map.copyOf(exchange.getRequestHeaders());
    String id = exchange.getRequestHeaders().getFirst("webhook-id");
    calls.add(new Call(id, headers, body, Instant.now()));
    Reply given = replies.poll();
    Reply reply = given == null ? usual : given;
    if (reply.retryAfter() != null) {
      exchange.getResponseHeaders().set("Retry-After", reply.retryAfter());
    }
    exchange.sendResponseHeaders(reply.status(), -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
