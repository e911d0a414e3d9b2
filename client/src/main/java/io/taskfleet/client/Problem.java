package io.taskfleet.client;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Why a gateway has not done what it was asked for (RFC 9457).
 *
 * @param type what kind of problem, such as {@code /problems/refused}; {@code about:blank} if the
 *     answer does not say
 * @param errors the fields that are to blame
 * @param traceId what to ask the operators of the gateway about
 * @param document all of it
 */
public record Problem(
    int status,
    String type,
    String title,
    @Nullable String detail,
    List<Violation> errors,
    @Nullable String traceId,
    JsonNode document) {
  static final String IN_FLIGHT = "/problems/idempotency-key-in-flight";
  private static final int LONGEST_SHOWN = 5;

  /** What this answer tells, be it a problem document or a page of some proxy. */
  static Problem of(int status, String body) {
    JsonNode document = JsonNodeFactory.instance.objectNode();
    try {
      JsonNode read = Json.mapper().readTree(body);
      if (read.isObject()) {
        document = read;
      }
    } catch (JacksonException notJson) {
      // Some proxy's page: the status says what there is to say.
    }
    return new Problem(
        status,
        document.path("type").asString("about:blank"),
        document.path("title").asString("HTTP " + status),
        text(document, "detail"),
        violations(document.path("errors")),
        text(document, "trace_id"),
        document);
  }

  private static List<Violation> violations(JsonNode errors) {
    return errors
        .valueStream()
        .filter(JsonNode::isObject)
        .map(
            error ->
                new Violation(
                    error.path("pointer").asString(""),
                    error.path("code").asString(""),
                    text(error, "detail")))
        .toList();
  }

  private static @Nullable String text(JsonNode object, String name) {
    JsonNode value = object.path(name);
    return value.isString() ? value.stringValue() : null;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(Integer.toString(status)).append(' ').append(title);
    if (detail != null && errors.isEmpty()) {
      text.append(": ").append(detail);
    }
    String separator = ": ";
    for (Violation error : errors.subList(0, Math.min(LONGEST_SHOWN, errors.size()))) {
      text.append(separator).append(error);
      separator = "; ";
    }
    return traceId == null
        ? text.toString()
        : text.append(" (trace ").append(traceId).append(')').toString();
  }
}
