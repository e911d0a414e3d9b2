package io.taskfleet.gateway.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.web.ProblemType;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** What the gateway says of itself is what it does, and what is in the docs. */
class ContractIT {
  private static final Path DOCS = Path.of("../docs/api");

  private static TestGateway gateway;
  private static GatewayClient stranger;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("contract", Map.of());
    stranger = new GatewayClient(gateway.url(), "");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  static List<Route> routes() {
    return Route.of(gateway.bean(RequestMappingHandlerMapping.class).getHandlerMethods());
  }

  @Test
  void whatIsServedIsTheFile() throws IOException {
    assertServed("/v1/openapi.json", "application/json", "openapi.json");
    assertServed("/v1/asyncapi.yaml", "application/yaml", "asyncapi.yaml");
    for (String name : Words.FILES.keySet()) {
      String file = "schemas/" + name + ".json";
      assertServed("/v1/" + file, "application/schema+json", file);
    }
  }

  private static void assertServed(String path, String type, String file) throws IOException {
    HttpResponse<String> answer = stranger.get(path);

    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains(type);
    assertThat(answer.body()).as(path).isEqualTo(Files.readString(DOCS.resolve(file), UTF_8));
    String tag = answer.headers().firstValue("ETag").orElseThrow();
    assertThat(stranger.get(path, "If-None-Match", tag).statusCode()).isEqualTo(304);
  }

  /** By a parser of others, which knows nothing of how the document was made. */
  @Test
  void theDocumentIsOpenApi31() {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    SwaggerParseResult parsed =
        new OpenAPIV3Parser().readContents(stranger.get("/v1/openapi.json").body(), null, options);

    assertThat(parsed.getMessages()).isEmpty();
    assertThat(parsed.getOpenAPI().getOpenapi()).startsWith("3.1.");
    assertThat(operations(GatewayClient.json(stranger.get("/v1/openapi.json"))))
        .hasSameSizeAs(
            parsed.getOpenAPI().getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .toList());
  }

  @Test
  void everyRouteIsInTheDocumentAndNoOther() {
    JsonNode document = GatewayClient.json(stranger.get("/v1/openapi.json"));

    assertThat(operations(document))
        .containsExactlyInAnyOrderElementsOf(routes().stream().map(Route::name).toList());
  }

  @Test
  void everyKindOfProblemHasItsResponse() {
    JsonNode responses =
        GatewayClient.json(stranger.get("/v1/openapi.json")).at("/components/responses");

    for (ProblemType type : ProblemType.values()) {
      if (type.status() != 405 && !type.name().startsWith("IDEMPOTENCY")) {
        assertThat(responses.has(Answer.nameOf(type))).as(type.name()).isTrue();
      }
    }
  }

  private static List<String> operations(JsonNode document) {
    List<String> operations = new ArrayList<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .propertyNames()
                    .forEach(
                        method ->
                            operations.add(method.toUpperCase(Locale.ROOT) + ' ' + path.getKey())));
    return operations;
  }
}
