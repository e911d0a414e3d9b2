package io.taskfleet.standalone.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.standalone.api.Exchange.Message;
import io.taskfleet.standalone.demo.RunningFleet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** The examples of each page, from its top to its end. */
class ApiExamplesIT {
  private static final Path PAGES = Path.of("../../docs/api");

  @TempDir private static Path directory;

  private static RunningFleet fleet;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws IOException {
    fleet = RunningFleet.start(directory, 1);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    fleet.close();
  }

  static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      return files.filter(page -> page.toString().endsWith(".md")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyExampleOfThePageIsTrue(Path page) throws Exception {
    Placeholders names = new Placeholders();
    List<Exchange> exchanges = Exchange.of(page);

    for (Exchange exchange : exchanges) {
      HttpResponse<String> answer = http.send(request(exchange, names), BodyHandlers.ofString());
      check(exchange, answer, names, "%s:%d".formatted(page.getFileName(), exchange.line()));
    }
    System.out.printf("%s: %d examples%n", page.getFileName(), exchanges.size());
  }

  private static HttpRequest request(Exchange exchange, Placeholders names) throws IOException {
    Message message = exchange.request();
    String[] first = names.fill(message.first()).split(" ", 2);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(fleet.ready().url() + first[1]))
            .timeout(Duration.ofSeconds(60))
            .method(
                first[0],
                message.body().isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(names.fill(message.body())));
    if (!message.headers().containsKey("Authorization")) {
      request.header("Authorization", "Bearer " + fleet.ready().apiKey());
    }
    message.headers().forEach((name, value) -> request.header(name, names.fill(value)));
    return request.build();
  }

  private static void check(
      Exchange exchange, HttpResponse<String> answer, Placeholders names, String where) {
    Message expected = exchange.answer();
    assertThat(answer.statusCode())
        .as("%s: %s", where, answer.body())
        .isEqualTo(Integer.parseInt(expected.first().split(" ", 3)[1]));
    expected
        .headers()
        .forEach(
            (name, value) ->
                names.match(
                    value,
                    answer.headers().firstValue(name).orElse("(no such header)"),
                    where + ' ' + name));
    String type = answer.headers().firstValue("Content-Type").orElse("");
    if (!expected.body().isEmpty() && type.endsWith("json") && !type.endsWith("ndjson")) {
      names.match(
          JsonMapper.shared().readTree(expected.body()),
          JsonMapper.shared().readTree(answer.body()),
          where);
    } else if (!expected.body().isEmpty()) {
      names.match(expected.body(), answer.body().strip(), where);
    }
  }
}
