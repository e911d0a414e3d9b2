package io.taskfleet.localstack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The part of Mailpit's HTTP API that a script needs to see what was sent. */
final class MailHttp {
  private static final String MESSAGES = "/api/v1/messages";
  private static final String MESSAGE = "/api/v1/message/";
  private static final String RAW = "/raw";
  private static final int DEFAULT_LIMIT = 50;

  private final int port;
  private final Mailbag mailbag;
  private final JsonMapper json = JsonMapper.builder().build();

  // Both guarded by this.
  private @Nullable HttpServer server;
  private @Nullable ExecutorService requests;

  MailHttp(int port, Mailbag mailbag) {
    this.port = port;
    this.mailbag = mailbag;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  synchronized void start() {
    if (server != null) {
      return;
    }
    try {
      HttpServer created =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
      requests =
          Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mail-http-", 0).factory());
      created.setExecutor(requests);
      created.createContext("/", this::serve);
      created.start();
      server = created;
    } catch (IOException e) {
      throw new LocalStackException("Mail over HTTP could not be started on port " + port, e);
    }
  }

  synchronized void stop() {
    if (server != null && requests != null) {
      server.stop(0);
      requests.shutdownNow();
      server = null;
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      switch (exchange.getRequestMethod() + " " + path) {
        case "GET /livez", "GET /readyz" -> send(exchange, 200, "text/plain", "ok");
        case "GET " + MESSAGES -> list(exchange);
        case "DELETE " + MESSAGES -> {
          mailbag.clear();
          send(exchange, 200, "text/plain", "ok");
        }
        default -> source(exchange, path);
      }
    }
  }

  private void list(HttpExchange exchange) throws IOException {
    try {
      int start = parameter(exchange, "start", 0);
      int limit = parameter(exchange, "limit", DEFAULT_LIMIT);
      List<Map<String, Object>> page =
          mailbag.page(start, limit).stream().map(MailHttp::summary).toList();
      Map<String, Object> body =
          Map.of("total", mailbag.size(), "count", page.size(), "start", start, "messages", page);
      send(exchange, 200, "application/json", json.writeValueAsString(body));
    } catch (NumberFormatException e) {
      send(exchange, 400, "text/plain", "start and limit are whole numbers from 0");
    }
  }

  private void source(HttpExchange exchange, String path) throws IOException {
    if (exchange.getRequestMethod().equals("GET")
        && path.startsWith(MESSAGE)
        && path.endsWith(RAW)) {
      String id = path.substring(MESSAGE.length(), path.length() - RAW.length());
      ReceivedMail mail = mailbag.find(id).orElse(null);
      if (mail != null) {
        send(exchange, 200, "text/plain", mail.bytes());
        return;
      }
    }
    send(exchange, 404, "text/plain", "not found");
  }

  private static Map<String, Object> summary(ReceivedMail mail) {
    return Map.of(
        "ID", mail.id(),
        "MessageID", mail.messageId(),
        "From", mailbox(mail.from()),
        "To", mail.to().stream().map(MailHttp::mailbox).toList(),
        "Subject", mail.subject(),
        "Created", mail.receivedAt().toString(),
        "Size", mail.size());
  }

  private static Map<String, String> mailbox(ReceivedMail.Mailbox mailbox) {
    return Map.of("Name", mailbox.name(), "Address", mailbox.address());
  }

  private static int parameter(HttpExchange exchange, String name, int otherwise) {
    String query = Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), "");
    Predicate<String> named = pair -> pair.startsWith(name + "=");
    return Arrays.stream(query.split("&", -1))
        .filter(named)
        .map(pair -> Integer.parseUnsignedInt(pair.substring(name.length() + 1)))
        .findFirst()
        .orElse(otherwise);
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    send(exchange, status, type, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }
}
