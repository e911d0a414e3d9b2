package io.taskfleet.standalone.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads, through Mailpit's API, what was sent. */
final class MailSink implements AutoCloseable {
  private static final int PAGE = 1_000;

  private final JsonMapper json = JsonMapper.builder().build();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;

  MailSink(Target target) {
    this.url = target.mailUrl();
  }

  /**
   * One mail.
   *
   * @param messageId without angle brackets
   */
  record Mail(String messageId, List<String> to, String subject) {}

  /** The mails to an address that starts with this. */
  List<Mail> sentTo(String prefix) throws IOException, InterruptedException {
    List<Mail> found = new ArrayList<>();
    int read = 0;
    int total;
    do {
      JsonNode page = page(read, PAGE);
      total = page.path("total").asInt();
      JsonNode messages = page.path("messages");
      messages.forEach(message -> found.add(mail(message)));
      read += messages.size();
      if (messages.isEmpty()) {
        break;
      }
    } while (read < total);
    return found.stream()
        .filter(mail -> mail.to().stream().anyMatch(address -> address.startsWith(prefix)))
        .toList();
  }

  /** How many mails there are, to anybody. */
  int total() throws IOException, InterruptedException {
    return page(0, 1).path("total").asInt();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private JsonNode page(int start, int limit) throws IOException, InterruptedException {
    URI uri = URI.create("%s/api/v1/messages?start=%d&limit=%d".formatted(url, start, limit));
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).GET().build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException("GET %s: %d".formatted(uri, response.statusCode()));
    }
    return json.readTree(response.body());
  }

  private static Mail mail(JsonNode message) {
    List<String> to = new ArrayList<>();
    message.path("To").forEach(recipient -> to.add(recipient.path("Address").asString()));
    return new Mail(
        message.path("MessageID").asString().replaceAll("^<|>$", ""),
        to,
        message.path("Subject").asString());
  }
}
