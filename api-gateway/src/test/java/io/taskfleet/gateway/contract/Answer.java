package io.taskfleet.gateway.contract;

import io.taskfleet.gateway.web.ProblemType;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer of a route, in OpenAPI's terms.
 *
 * @param node as it is described in words
 */
record Answer(JsonMapper json, ObjectNode node) {
  private static final String SCHEMAS = "#/components/schemas/";

  /** Gives it the headers that every answer has, and its body's schema. */
  ObjectNode asSuccess(boolean limited) {
    ObjectNode answer = json.createObjectNode();
    answer.set("description", node.required("is"));
    if (node.has("headers")) {
      node.get("headers").forEach(name -> addHeader(answer, name.asString()));
    }
    if (limited) {
      addHeader(answer, "RateLimit");
      addHeader(answer, "RateLimit-Policy");
    }
    addCommonHeaders(answer);
    if (node.has("body")) {
      answer.set("content", content(json, node.get("body")));
    }
    return answer;
  }

  /** Makes it a problem document. */
  ObjectNode asProblem() {
    JsonNode headers = node.remove("headers");
    if (headers != null) {
      headers.forEach(name -> addHeader(node, name.asString()));
    }
    addCommonHeaders(node);
    node.putObject("content")
        .putObject("application/problem+json")
        .putObject("schema")
        .put("$ref", SCHEMAS + "Problem");
    return node;
  }

  private static void addCommonHeaders(ObjectNode answer) {
    addHeader(answer, "X-Process-Time");
    addHeader(answer, "traceparent");
  }

  private static void addHeader(ObjectNode answer, String name) {
    answer
        .withObjectProperty("headers")
        .putObject(name)
        .put("$ref", "#/components/headers/" + name);
  }

  /** A schema's name, a schema, or one of both by media type. */
  static ObjectNode content(JsonMapper json, JsonNode described) {
    ObjectNode content = json.createObjectNode();
    if (described.isObject()
        && described.propertyNames().stream().allMatch(name -> name.indexOf('/') > 0)) {
      described
          .properties()
          .forEach(
              each ->
                  content.putObject(each.getKey()).set("schema", schema(json, each.getValue())));
    } else {
      content.putObject("application/json").set("schema", schema(json, described));
    }
    return content;
  }

  private static JsonNode schema(JsonMapper json, JsonNode described) {
    return described.isString()
        ? json.createObjectNode().put("$ref", SCHEMAS + described.asString())
        : described;
  }

  /** What may go wrong on any route of this kind, by status: names of components. */
  static Map<String, String> problemsOf(Route route) {
    Map<String, String> problems = new TreeMap<>();
    if (route.scope() != null) {
      add(problems, ProblemType.UNAUTHENTICATED, ProblemType.MISSING_SCOPE);
      add(problems, ProblemType.TOO_MANY_REQUESTS, ProblemType.UNAVAILABLE);
      add(problems, ProblemType.INTERNAL);
    }
    if (route.parameters().containsValue("path")) {
      add(problems, ProblemType.NOT_FOUND);
    }
    if (route.parameters().containsValue("query") || route.hasBody()) {
      add(problems, ProblemType.MALFORMED, ProblemType.REFUSED);
    }
    if (!route.produces().isEmpty()) {
      add(problems, ProblemType.NOT_ACCEPTABLE);
    }
    if (route.hasBody()) {
      add(problems, ProblemType.TOO_SLOW, ProblemType.TOO_LARGE);
      add(problems, ProblemType.UNSUPPORTED_MEDIA_TYPE);
    }
    if (route.parameters().containsKey("Idempotency-Key")) {
      add(problems, ProblemType.MALFORMED, ProblemType.CONFLICT);
    }
    return problems;
  }

  private static void add(Map<String, String> problems, ProblemType... types) {
    for (ProblemType type : types) {
      problems.put(Integer.toString(type.status()), nameOf(type));
    }
  }

  /** {@code TooLarge} for {@code TOO_LARGE}. */
  static String nameOf(ProblemType type) {
    StringBuilder name = new StringBuilder();
    for (String word : type.name().split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }
}
