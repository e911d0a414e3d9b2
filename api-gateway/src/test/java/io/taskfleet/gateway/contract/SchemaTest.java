package io.taskfleet.gateway.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.taskfleet.gateway.contract.ApiDocument.Operation;
import io.taskfleet.task.Priority;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import io.taskfleet.wire.StatusJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Schemas refuse what the gateway refuses and take what it takes: the same bad inputs that {@code
 * BadInputIT} and {@code UserBadInputIT} send it, and the examples of the docs, which are run too.
 * Where a rule is beyond a schema, {@code beyond-schemas.yaml} names the input and says why.
 */
class SchemaTest {
  private static final Path CORPUS = Path.of("src/test/resources/bad-inputs");
  private static final Path DOCS = Path.of("../docs/api");
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "```http\n(POST|PUT|PATCH) (\\S+)\n([^`]*?)\n\n([^`]+)```\\s+```http\nHTTP/1.1 2([^`]+)");
  private static final int WELL_FORMED_BUT_REFUSED = 422;
  private static final ApiDocument API = ApiDocument.ofDocs();
  private static final JsonNode BEYOND = Yaml.read(OpenApi.WORDS.resolve("beyond-schemas.yaml"));

  /** A body that is sent to a route. */
  record Input(String name, Operation operation, String mediaType, JsonNode body) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Input> refused() throws IOException {
    List<Input> inputs = new ArrayList<>();
    for (String file : List.of("http.jsonl", "users.jsonl")) {
      for (String line : Files.readAllLines(CORPUS.resolve(file))) {
        JsonNode data = JsonMapper.shared().readTree(line);
        JsonNode expected = data.has("expect") ? data.get("expect") : data;
        if (expected.get("status").asInt() == WELL_FORMED_BUT_REFUSED) {
          input(data).ifPresent(inputs::add);
        }
      }
    }
    return inputs;
  }

  private static Optional<Input> input(JsonNode data) {
    if (!data.has("body") || data.has("repeat") || data.has("headers")) {
      return Optional.empty();
    }
    String path = data.get("path").asString().replaceAll("\\?.*", "");
    String type = data.path("content_type").asString("application/json").replaceAll(";.*", "");
    Operation operation = API.operation(data.get("method").asString(), path).orElseThrow();
    try {
      JsonNode body = JsonMapper.shared().readTree(data.get("body").asString());
      return Optional.of(new Input(data.get("name").asString(), operation, type, body));
    } catch (JacksonException noJson) {
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatTheGatewayRefusesTheSchemaRefusesUnlessItCannotSay(Input input) {
    boolean refuses = !API.wrongIn(input.operation(), input.mediaType(), input.body()).isEmpty();

    assertThat(refuses)
        .as("%s: %s", input.name(), input.body())
        .isEqualTo(!BEYOND.has(input.name()));
  }

  @Test
  void noInputIsCalledBeyondSchemasThatIsNot() throws IOException {
    assertThat(refused()).hasSizeGreaterThan(150);
    assertThat(refused()).extracting(Input::name).containsAll(BEYOND.propertyNames());
  }

  static List<Input> examples() throws IOException {
    List<Input> inputs = new ArrayList<>();
    try (Stream<Path> pages = Files.list(DOCS)) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".md")).sorted().toList()) {
        Matcher example = EXAMPLE.matcher(Files.readString(page));
        while (example.find()) {
          // Where some lines are refused, the answer names them.
          if (!example.group(5).contains("\"line\": ")) {
            addExample(page, example, inputs);
          }
        }
      }
    }
    return inputs;
  }

  private static void addExample(Path page, Matcher example, List<Input> inputs) {
    String path = example.group(2).replaceAll("\\?.*", "");
    Matcher type = Pattern.compile("Content-Type: (\\S+)").matcher(example.group(3));
    Operation operation = API.operation(example.group(1), path).orElseThrow();
    assertThat(type.find()).as("%s: %s", page, path).isTrue();
    String body =
        example.group(4).replaceAll("\\{(uuid|user|endpoint)}", new UUID(1, 2).toString());
    List<String> values = type.group(1).endsWith("ndjson") ? body.lines().toList() : List.of(body);
    for (String value : values) {
      inputs.add(
          new Input(
              page.getFileName() + ": " + operation.name(),
              operation,
              type.group(1),
              JsonMapper.shared().readTree(value)));
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void whatTheDocsShowTheSchemaTakes(Input input) {
    assertThat(API.wrongIn(input.operation(), input.mediaType(), input.body()))
        .as(input.body().toString())
        .isEmpty();
  }

  @Test
  void theDocumentsOwnExamplesAreGood() {
    for (Operation operation : API.operations()) {
      operation
          .json()
          .at("/requestBody/content")
          .properties()
          .forEach(
              content -> {
                JsonNode example = content.getValue().get("example");
                if (example != null) {
                  assertThat(API.wrongIn(operation, content.getKey(), example))
                      .as(operation.name())
                      .isEmpty();
                }
              });
    }
  }

  @Test
  void aLifecycleEventIsWhatItsSchemaSays() {
    Instant now = Instant.parse("2026-11-21T12:00:00.123Z");
    TaskStatus whole =
        new TaskStatus(
            new UUID(1, 2),
            "acme",
            "email",
            TaskState.DEAD,
            Priority.HIGH,
            "k",
            3,
            5,
            new RawJson("{}".getBytes(UTF_8)),
            null,
            new TaskError("REJECTED", "no such mailbox", "permanent"),
            Tags.parse("a,b"),
            new UUID(3, 4),
            now,
            now,
            now,
            now,
            now,
            null);
    JsonNode event = JsonMapper.shared().readTree(new StatusJson().write(whole).withoutBodies());
    Schema schema = file("lifecycle-event");

    assertThat(schema.validate(event)).isEmpty();
    assertThat(
            JsonMapper.shared().readTree(read("lifecycle-event")).get("properties").propertyNames())
        .containsExactlyInAnyOrderElementsOf(event.propertyNames());
  }

  /** The files refer to each other; one that cannot be followed would take everything. */
  @Test
  void theFilesStandByThemselves() {
    Schema task = file("task-request");

    assertThat(
            task.validate(
                "{\"type\":\"analytics\",\"payload\":{\"name\":\"a\"}}", InputFormat.JSON))
        .isEmpty();
    assertThat(
            task.validate("{\"type\":\"analytics\",\"payload\":{\"name\":\"\"}}", InputFormat.JSON))
        .isNotEmpty();
    assertThat(
            task.validate(
                "{\"type\":\"email\",\"payload\":{\"to\":\"a@example.com\"}}", InputFormat.JSON))
        .isNotEmpty();
  }

  private static Schema file(String name) {
    Map<String, String> files = new HashMap<>();
    Words.FILES
        .keySet()
        .forEach(each -> files.put("http://gateway/v1/schemas/" + each + ".json", read(each)));
    return SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, registry -> registry.schemas(files))
        .getSchema(SchemaLocation.of("http://gateway/v1/schemas/" + name + ".json"));
  }

  private static String read(String name) {
    try {
      return Files.readString(DOCS.resolve("schemas/" + name + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
