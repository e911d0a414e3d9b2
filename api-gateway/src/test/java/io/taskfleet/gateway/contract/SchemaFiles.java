package io.taskfleet.gateway.contract;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The schemas that are files of their own: the same as in OpenAPI, each with what it needs. */
final class SchemaFiles {
  private static final Pattern REFERENCE = Pattern.compile("\"#/components/schemas/([A-Za-z]+)\"");

  private SchemaFiles() {}

  /** The text of each file. */
  static Map<String, ObjectNode> of(ObjectNode schemas) {
    Map<String, ObjectNode> files = new LinkedHashMap<>();
    Words.FILES.forEach((file, name) -> files.put(file, file(schemas, file, name)));
    return files;
  }

  private static ObjectNode file(ObjectNode schemas, String file, String name) {
    ObjectNode document = JsonMapper.shared().createObjectNode();
    document.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    document.put("$id", "/v1/schemas/" + file + ".json");
    document.put("title", name);
    document.setAll((ObjectNode) linked(schemas.required(name)));
    Set<String> needed = needed(schemas, name);
    if (!needed.isEmpty()) {
      ObjectNode parts = document.putObject("$defs");
      needed.forEach(each -> parts.set(each, linked(schemas.required(each))));
    }
    return document;
  }

  /** What a schema refers to and is no file of its own. */
  private static Set<String> needed(ObjectNode schemas, String name) {
    Set<String> needed = new TreeSet<>();
    collect(schemas, schemas.required(name), Words.FILES.values(), needed);
    return needed;
  }

  /** What something refers to, also by way of others. */
  static Set<String> reachable(ObjectNode schemas, JsonNode from) {
    Set<String> reachable = new TreeSet<>();
    collect(schemas, from, Set.of(), reachable);
    return reachable;
  }

  private static void collect(
      ObjectNode schemas, JsonNode from, Collection<String> except, Set<String> found) {
    Matcher reference = REFERENCE.matcher(from.toString());
    while (reference.find()) {
      String name = reference.group(1);
      if (!except.contains(name) && found.add(name)) {
        collect(schemas, schemas.required(name), except, found);
      }
    }
  }

  /** With references to the other files, or into the same one. */
  private static JsonNode linked(JsonNode schema) {
    String text =
        REFERENCE
            .matcher(schema.toString())
            .replaceAll(
                reference -> Matcher.quoteReplacement('"' + target(reference.group(1)) + '"'));
    return JsonMapper.shared().readTree(text);
  }

  private static String target(String name) {
    return Words.FILES.entrySet().stream()
        .filter(each -> each.getValue().equals(name))
        .map(each -> each.getKey() + ".json")
        .findFirst()
        .orElse("#/$defs/" + name);
  }
}
