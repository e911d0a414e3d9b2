package io.taskfleet.cli;

import io.taskfleet.client.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** What a task is to do: a JSON object, or its fields one by one. */
final class PayloadOptions {
  @Option(
      names = "--payload",
      paramLabel = "JSON",
      description = "the payload; @FILE or - (standard input) to read it from there")
  private @Nullable String payload;

  @Option(
      names = "--set",
      paramLabel = "FIELD=VALUE",
      description = "a field of the payload; the value is JSON, or else a string")
  private @Nullable Map<String, String> fields;

  @Option(names = "--to", paramLabel = "ADDRESS", description = "of an email; may be repeated")
  private @Nullable List<String> to;

  @Option(names = "--cc", paramLabel = "ADDRESS", description = "of an email; may be repeated")
  private @Nullable List<String> cc;

  @Option(names = "--from", paramLabel = "ADDRESS", description = "of an email")
  private @Nullable String from;

  @Option(names = "--subject", paramLabel = "TEXT", description = "of an email")
  private @Nullable String subject;

  @Option(names = "--text", paramLabel = "TEXT", description = "of an email; @FILE or -")
  private @Nullable String text;

  @Option(names = "--html", paramLabel = "TEXT", description = "of an email; @FILE or -")
  private @Nullable String html;

  Map<String, Object> read() {
    Map<String, Object> given = new LinkedHashMap<>();
    put(given, "to", to);
    put(given, "cc", cc);
    put(given, "from", from);
    put(given, "subject", subject);
    put(given, "text", text == null ? null : Input.text(text));
    put(given, "html", html == null ? null : Input.text(html));
    if (fields != null) {
      fields.forEach((name, value) -> given.put(name, value(value)));
    }
    if (payload == null) {
      if (given.isEmpty()) {
        throw new UsageException("Give the payload: --payload, --set, or the fields of an email");
      }
      return given;
    }
    if (!given.isEmpty()) {
      throw new UsageException("Give --payload or single fields, not both");
    }
    return object(Input.text(payload), "--payload");
  }

  /** A JSON object. */
  static Map<String, Object> object(String json, String option) {
    try {
      return Json.mapper().readValue(json, new TypeReference<>() {});
    } catch (JacksonException e) {
      throw new UsageException(option + " is no JSON object");
    }
  }

  private static Object value(String text) {
    try {
      JsonNode json = Json.mapper().readTree(text);
      return json.isMissingNode() ? text : json;
    } catch (JacksonException notJson) {
      return text;
    }
  }

  private static void put(Map<String, Object> into, String name, @Nullable Object value) {
    if (value != null) {
      into.put(name, value);
    }
  }
}
