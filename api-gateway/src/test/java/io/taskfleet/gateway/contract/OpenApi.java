package io.taskfleet.gateway.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI document. Routes, parameters, media types and scopes come from the code, schemas from
 * the records, conventions from {@code api.yaml}, and what has to be said in words from {@code
 * routes/}. A route that nobody has described, and a description without a route, are errors.
 */
final class OpenApi {
  static final Path WORDS = Path.of("src/test/resources/contract");

  private static final JsonMapper JSON = JsonMapper.shared();

  private final ObjectNode document = Yaml.read(WORDS.resolve("api.yaml"));
  private final Map<String, Route> routes;
  private final List<String> mistakes = new ArrayList<>();

  private OpenApi(List<Route> routes) {
    this.routes =
        routes.stream()
            .collect(Collectors.toMap(Route::name, route -> route, (one, _) -> one, TreeMap::new));
  }

  /**
   * The document.
   *
   * @throws IllegalStateException naming what is described but not there, or there but not
   *     described
   */
  static ObjectNode of(List<Route> routes) {
    OpenApi api = new OpenApi(routes);
    api.write();
    if (!api.mistakes.isEmpty()) {
      throw new IllegalStateException(String.join("\n", api.mistakes));
    }
    return api.document;
  }

  private void write() {
    ObjectNode components = (ObjectNode) document.required("components");
    components.set("schemas", Schemas.of(Yaml.read(WORDS.resolve("schemas.yaml"))));
    components
        .required("responses")
        .forEach(response -> new Answer(JSON, (ObjectNode) response).asProblem());
    ArrayNode tags = document.putArray("tags");
    ObjectNode paths = document.putObject("paths");
    for (ObjectNode file : files()) {
      int before = paths.size();
      String tag = file.required("tag").asString();
      file.required("routes").properties().forEach(each -> describe(paths, tag, each));
      if (paths.size() > before) {
        tags.addObject().put("name", tag).set("description", file.required("about"));
      }
    }
    routes
        .keySet()
        .forEach(
            name -> mistakes.add(name + ": say what it does in a file of " + WORDS + "/routes"));
    Schemas.replaceWords(document);
    ObjectNode schemas = (ObjectNode) components.remove("schemas");
    components.set("schemas", schemas.retain(SchemaFiles.reachable(schemas, document)));
    // Behind what people read first.
    document.set("components", document.remove("components"));
  }

  private static List<ObjectNode> files() {
    try (Stream<Path> files = Files.list(WORDS.resolve("routes"))) {
      return files.sorted().map(Yaml::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void describe(ObjectNode paths, String tag, Map.Entry<String, JsonNode> described) {
    String name = described.getKey();
    ObjectNode words = (ObjectNode) described.getValue();
    Route route = routes.remove(name);
    if (route == null) {
      if (!words.path("ahead").asBoolean(false)) {
        mistakes.add(name + " is described, but there is no such route");
      }
      return;
    }
    ObjectNode operation =
        paths.withObjectProperty(route.path()).putObject(route.method().toLowerCase(Locale.ROOT));
    operation.set("operationId", words.required("id"));
    operation.putArray("tags").add(tag);
    operation.set("summary", words.required("summary"));
    if (words.has("description")) {
      operation.set("description", words.get("description"));
    }
    secure(operation, route);
    addParameters(operation, route, words.path("parameters"));
    addBody(operation, route, words);
    addAnswers(operation, route, words);
  }

  private static void secure(ObjectNode operation, Route route) {
    ArrayNode security = operation.putArray("security");
    if (route.scope() != null) {
      security.addObject().putArray("key").add(route.scope());
    }
  }

  private void addParameters(ObjectNode operation, Route route, JsonNode words) {
    Map<String, String> places = route.parameters();
    words.propertyNames().stream()
        .filter(name -> !places.containsKey(name))
        .forEach(name -> mistakes.add(route.name() + " has no parameter " + name));
    JsonNode shared = document.required("components").required("parameters");
    ArrayNode parameters = JSON.createArrayNode();
    places.forEach(
        (name, place) -> {
          JsonNode given = words.path(name);
          String known =
              shared.propertyNames().stream().filter(name::equalsIgnoreCase).findFirst().orElse("");
          if (given.isObject()) {
            ObjectNode parameter = parameters.addObject().put("name", name).put("in", place);
            if (place.equals("path")) {
              parameter.put("required", true);
            }
            parameter.setAll((ObjectNode) given);
          } else if (!known.isEmpty()) {
            parameters.addObject().put("$ref", "#/components/parameters/" + known);
          } else if (place.equals("path")) {
            parameters
                .addObject()
                .put("name", name)
                .put("in", "path")
                .put("required", true)
                .putObject("schema")
                .put("type", "string")
                .put("format", "uuid");
          } else {
            mistakes.add(route.name() + ": describe the parameter " + name);
          }
        });
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
  }

  private void addBody(ObjectNode operation, Route route, ObjectNode words) {
    if (route.hasBody() != words.has("body")) {
      mistakes.add(route.name() + (route.hasBody() ? ": describe the body" : " has no body"));
    }
    if (!words.has("body")) {
      return;
    }
    ObjectNode content = Answer.content(JSON, words.get("body"));
    if (!route.consumes().equals(new TreeSet<>(content.propertyNames()))) {
      mistakes.add(route.name() + " reads " + route.consumes());
    }
    if (words.has("example")) {
      ((ObjectNode) content.values().iterator().next()).set("example", words.get("example"));
    }
    operation.putObject("requestBody").put("required", true).set("content", content);
  }

  private void addAnswers(ObjectNode operation, Route route, ObjectNode words) {
    ObjectNode answers = operation.putObject("responses");
    words
        .required("answers")
        .properties()
        .forEach(
            each ->
                answers.set(
                    each.getKey(),
                    new Answer(JSON, (ObjectNode) each.getValue().deepCopy())
                        .asSuccess(route.scope() != null)));
    words
        .path("errors")
        .properties()
        .forEach(
            each ->
                answers.set(
                    each.getKey(),
                    new Answer(JSON, JSON.createObjectNode().set("description", each.getValue()))
                        .asProblem()));
    Answer.problemsOf(route)
        .forEach(
            (status, name) -> {
              if (!answers.has(status)) {
                answers.putObject(status).put("$ref", "#/components/responses/" + name);
              }
            });
    ObjectNode sorted = JSON.createObjectNode();
    answers.propertyNames().stream()
        .sorted()
        .forEach(status -> sorted.set(status, answers.get(status)));
    operation.set("responses", sorted);
  }
}
