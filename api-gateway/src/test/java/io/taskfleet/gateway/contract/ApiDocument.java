package io.taskfleet.gateway.contract;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI document, as somebody reads it who has nothing else. */
final class ApiDocument {
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private final JsonNode json;
  private final Map<JsonNode, Schema> compiled = new HashMap<>();

  ApiDocument(JsonNode json) {
    this.json = json;
  }

  static ApiDocument ofDocs() {
    try {
      return new ApiDocument(
          JsonMapper.shared().readTree(Files.readString(Path.of("../docs/api/openapi.json"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A method of a path.
   *
   * @param path with variables in braces
   */
  record Operation(String method, String path, JsonNode json) {
    String name() {
      return method + ' ' + path;
    }

    Optional<String> scope() {
      return Optional.ofNullable(json.at("/security/0/key/0").asString(null));
    }

    /** What a request must say in its query, by its examples. */
    String requiredQuery() {
      return json.path("parameters")
          .valueStream()
          .filter(each -> each.path("in").asString("").equals("query"))
          .filter(each -> each.path("required").asBoolean(false))
          .map(each -> each.get("name").asString() + '=' + each.get("example").asString())
          .reduce((some, more) -> some + '&' + more)
          .map(all -> '?' + all)
          .orElse("");
    }

    boolean hasVariables() {
      return path.contains("{");
    }

    private boolean isAt(String concrete) {
      String pattern = Pattern.quote(path).replaceAll("\\{[a-z_]+}", "\\\\E[^/]+\\\\Q");
      return Pattern.matches(pattern, concrete);
    }
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    json.get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method ->
                            operations.add(
                                new Operation(
                                    method.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    method.getValue()))));
    return operations;
  }

  /** What this request is; the path without variables goes first. */
  Optional<Operation> operation(String method, String path) {
    return operations().stream()
        .filter(each -> each.method().equals(method) && each.isAt(path))
        .min((one, other) -> Boolean.compare(one.hasVariables(), other.hasVariables()));
  }

  /** What is wrong with this body of a request. */
  List<String> wrongIn(Operation operation, String mediaType, JsonNode body) {
    return wrong(operation.json().at("/requestBody/content"), mediaType, body);
  }

  /** What is wrong with this answer. */
  List<String> wrongIn(Operation operation, int status, String mediaType, JsonNode body) {
    return wrong(answers(operation, status), mediaType, body);
  }

  /** Nothing, if answers of this status have this media type. */
  List<String> describes(Operation operation, int status, String mediaType) {
    return answers(operation, status).has(mediaType)
        ? List.of()
        : List.of("%s does not answer %d with %s".formatted(operation.name(), status, mediaType));
  }

  private JsonNode answers(Operation operation, int status) {
    JsonNode answer = operation.json().get("responses").path(Integer.toString(status));
    if (answer.has("$ref")) {
      answer = json.at(answer.get("$ref").asString().substring(1));
    }
    return answer.path("content");
  }

  private List<String> wrong(JsonNode content, String mediaType, JsonNode body) {
    JsonNode described = content.get(mediaType);
    if (described == null) {
      return List.of(mediaType + " is not described");
    }
    return compiled.computeIfAbsent(described.get("schema"), this::compile).validate(body).stream()
        .map(Error::toString)
        .toList();
  }

  private Schema compile(JsonNode schema) {
    ObjectNode whole = JsonMapper.shared().createObjectNode();
    whole.putArray("allOf").add(schema);
    // What is not described is not there.
    whole.put("unevaluatedProperties", false);
    whole.set("components", json.get("components"));
    return SCHEMAS.getSchema(whole);
  }
}
