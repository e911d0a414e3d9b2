package io.taskfleet.standalone.demo;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Takes notifications, verifies their signatures and counts them by {@code webhook-id}. */
final class WebhookReceiver implements AutoCloseable {
  private static final int BACKLOG = 500;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String host;
  private final Webhook webhook;
  private final Map<String, Integer> deliveries = new ConcurrentHashMap<>();
  private final AtomicInteger forged = new AtomicInteger();

  private WebhookReceiver(HttpServer server, String host, Webhook webhook) {
    this.server = server;
    this.host = host;
    this.webhook = webhook;
  }

  static WebhookReceiver start(Target target) throws IOException {
    boolean local = target.receiverHost().equals(Target.LOOPBACK);
    InetSocketAddress address =
        local
            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)
            : new InetSocketAddress(0);
    try {
      WebhookReceiver receiver =
          new WebhookReceiver(
              HttpServer.create(address, BACKLOG),
              target.receiverHost(),
              new Webhook(target.webhookSecret()));
      receiver.server.setExecutor(receiver.threads);
      receiver.server.createContext("/", receiver::receive);
      receiver.server.start();
      return receiver;
    } catch (EmptyWebhookSecretException e) {
      throw new IOException("The webhook secret is empty", e);
    }
  }

  /** An address that leads here; each number has its own, and so its own ordering key. */
  String url(int number) {
    return "http://%s:%d/hook/%d".formatted(host, server.getAddress().getPort(), number);
  }

  /** How often each {@code webhook-id} was delivered, by address. */
  Map<String, Integer> deliveries() {
    return Map.copyOf(deliveries);
  }

  /** How many requests had no valid signature. */
  int forged() {
    return forged.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, List<String>> headers = headers(exchange);
      try {
        webhook.verify(body, headers);
      } catch (WebhookVerificationException e) {
        forged.incrementAndGet();
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      String id = Objects.requireNonNull(headers.get("webhook-id")).getFirst();
      deliveries.merge(exchange.getRequestURI().getPath() + " " + id, 1, Integer::sum);
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private static Map<String, List<String>> headers(HttpExchange exchange) {
    return exchange.getRequestHeaders().entrySet().stream()
        .collect(
            Collectors.toMap(
                e -> e.getKey().toLowerCase(java.util.Locale.ROOT), Map.Entry::getValue));
  }
}
