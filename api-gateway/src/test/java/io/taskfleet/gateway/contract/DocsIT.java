package io.taskfleet.gateway.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page for people is there for everybody, whole, and with nothing from elsewhere. */
class DocsIT {
  private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

  private static TestGateway gateway;
  private static GatewayClient stranger;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("docs_page", Map.of());
    stranger = new GatewayClient(gateway.url(), "");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void everyPartOfThePageIsServedByTheGateway() {
    String page = stranger.get("/docs").body();
    List<String> parts =
        REFERENCE.matcher(page).results().map(reference -> reference.group(1)).toList();

    assertThat(parts).hasSizeGreaterThan(4).noneMatch(part -> part.contains("//"));
    assertThat(parts)
        .allSatisfy(part -> assertThat(stranger.get("/" + part).statusCode()).isEqualTo(200));
  }

  @ParameterizedTest
  @CsvSource({
    "/docs,text/html",
    "/docs/docs.css,text/css",
    "/docs/docs.js,text/javascript",
    "/docs/swagger-ui.css,text/css",
    "/docs/swagger-ui-bundle.js,text/javascript",
    "/docs/favicon-32x32.png,image/png"
  })
  void nothingFromElsewhereMayRunOnIt(String path, String type) {
    HttpResponse<String> answer = stranger.get(path);

    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type);
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    String policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
    assertThat(policy)
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "http", "*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/docs/",
        "/docs/index.html",
        "/docs/swagger-initializer.js",
        "/docs/../v1/tasks",
        "/docs/%2e%2e/application.yaml",
        "/v1/schemas/..%2fopenapi.json",
        "/v1/schemas/Email.json"
      })
  void whatIsNoPartOfItIsClosed(String path) {
    assertThat(stranger.get(path).statusCode()).isIn(400, 401);
  }

  @Test
  void aSchemaThatDoesNotExistIsNotFound() {
    assertThat(stranger.get("/v1/schemas/fax.json").statusCode()).isEqualTo(404);
  }

  @Test
  void isCompressedForThoseWhoAsk() throws Exception {
    String path = "/v1/openapi.json";
    HttpResponse<byte[]> small =
        HttpClient.newHttpClient()
            .send(
                stranger.request(path).header("Accept-Encoding", "gzip, br").build(),
                BodyHandlers.ofByteArray());

    assertThat(small.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(small.headers().firstValue("Vary")).contains("Accept-Encoding");
    assertThat(unzipped(small.body())).isEqualTo(stranger.get(path).body());
    assertThat(
            stranger
                .get(path, "Accept-Encoding", "gzip;q=0")
                .headers()
                .firstValue("Content-Encoding"))
        .isEmpty();
  }

  private static String unzipped(byte[] bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
