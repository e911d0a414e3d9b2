package io.taskfleet.standalone.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.standalone.api.Exchange.Message;
import io.taskfleet.standalone.demo.SharedFleet;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** The examples of each page, from its top to its end. */
class ApiExamplesIT {
  private static final Path PAGES = Path.of("../../docs/api");
  private static final String CONNECT = "connect ";
  private static final Duration SOON = Duration.ofSeconds(20);

  private static SharedFleet fleet;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws IOException {
    fleet = SharedFleet.get();
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
    names.put("host", URI.create(fleet.ready().url()).getAuthority());
    Map<String, Talk> talks = new HashMap<>();
    List<Step> steps =
        Stream.<Step>concat(Exchange.of(page).stream(), Excerpt.of(page).stream())
            .sorted(Comparator.comparingInt(Step::line))
            .toList();

    for (Step step : steps) {
      String where = "%s:%d".formatted(page.getFileName(), step.line());
      switch (step) {
        case Exchange exchange when exchange.soon() ->
            await().atMost(SOON).untilAsserted(() -> send(exchange, names, where));
        case Exchange exchange -> send(exchange, names, where);
        case Excerpt excerpt -> follow(excerpt, talks, names, where);
      }
    }
    System.out.printf("%s: %d examples%n", page.getFileName(), steps.size());
  }

  private void send(Exchange exchange, Placeholders names, String where) throws Exception {
    check(
        exchange, http.send(request(exchange, names), BodyHandlers.ofInputStream()), names, where);
  }

  private static void follow(
      Excerpt excerpt, Map<String, Talk> talks, Placeholders names, String where) throws Exception {
    List<String> lines = excerpt.lines();
    if (lines.getFirst().startsWith(CONNECT)) {
      String protocols = names.fill(lines.getFirst().substring(CONNECT.length()));
      talks.put(excerpt.client(), Talk.open(fleet.ready().url(), protocols.split(" ", -1)));
      lines = lines.subList(1, lines.size());
    }
    for (String line : lines) {
      Objects.requireNonNull(talks.get(excerpt.client()), where).follow(line, names, where);
    }
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

  /** What was answered; of a stream of events, which need not end, as much as is expected. */
  private static String body(HttpResponse<InputStream> answer, Message expected)
      throws IOException {
    try (InputStream body = answer.body()) {
      if (!type(answer).startsWith("text/event-stream")) {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
      return lines.lines().limit(expected.body().lines().count()).collect(Collectors.joining("\n"));
    }
  }

  private static String type(HttpResponse<?> answer) {
    return answer.headers().firstValue("Content-Type").orElse("");
  }

  private static void check(
      Exchange exchange, HttpResponse<InputStream> answer, Placeholders names, String where)
      throws IOException {
    Message expected = exchange.answer();
    String body = body(answer, expected);
    assertThat(answer.statusCode())
        .as("%s: %s", where, body)
        .isEqualTo(Integer.parseInt(expected.first().split(" ", 3)[1]));
    expected
        .headers()
        .forEach(
            (name, value) ->
                names.match(
                    value,
                    answer.headers().firstValue(name).orElse("(no such header)"),
                    where + ' ' + name));
    String type = type(answer);
    if (!expected.body().isEmpty() && type.endsWith("json") && !type.endsWith("ndjson")) {
      names.match(
          JsonMapper.shared().readTree(expected.body()), JsonMapper.shared().readTree(body), where);
    } else if (!expected.body().isEmpty()) {
      names.match(expected.body(), body.strip(), where);
    }
  }
}
