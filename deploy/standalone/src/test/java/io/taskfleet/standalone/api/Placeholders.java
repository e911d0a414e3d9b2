package io.taskfleet.standalone.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * The names in braces of one page. In an answer a name stands for whatever is there when it is met
 * first, and for the same from then on; an asterisk stands for anything each time. In a request a
 * name stands for that value, and {@code {uuid}} for a new id. Two braces are those of a template.
 */
final class Placeholders {
  private static final Pattern NAME = Pattern.compile("(?<!\\{)\\{(\\*|[a-z][a-z0-9_]*)}");

  private final Map<String, String> values = new HashMap<>();

  /** From now on the name stands for this. */
  void put(String name, String value) {
    values.put(name, value);
  }

  /** The text with values instead of names. */
  String fill(String text) {
    return NAME.matcher(text).replaceAll(name -> Matcher.quoteReplacement(value(name.group(1))));
  }

  private String value(String name) {
    if (name.equals("uuid")) {
      return UUID.randomUUID().toString();
    }
    String value = values.get(name);
    if (value == null) {
      throw new AssertionError("{%s} stands for nothing yet".formatted(name));
    }
    return value;
  }

  /** Checks a header or a body that is no JSON. */
  void match(String expected, String actual, String where) {
    StringBuilder pattern = new StringBuilder();
    Matcher name = NAME.matcher(expected);
    int end = 0;
    Map<String, Integer> groups = new HashMap<>();
    int group = 0;
    while (name.find()) {
      pattern.append(Pattern.quote(expected.substring(end, name.start())));
      String known = values.get(name.group(1));
      if (known == null) {
        pattern.append("(.*?)");
        groups.put(name.group(1), ++group);
      } else {
        pattern.append(Pattern.quote(known));
      }
      end = name.end();
    }
    pattern.append(Pattern.quote(expected.substring(end)));
    Matcher match = Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(actual);
    assertThat(match.matches()).as("%s: expected %s, was %s", where, expected, actual).isTrue();
    groups.remove("*");
    groups.forEach((each, number) -> values.put(each, match.group(number)));
  }

  /** Checks JSON: an object may have more fields than expected, nothing else may differ. */
  void match(JsonNode expected, JsonNode actual, String where) {
    if (expected instanceof StringNode text) {
      assertThat(actual.isMissingNode()).as("%s is missing", where).isFalse();
      match(text.asString(), actual.isValueNode() ? actual.asString() : actual.toString(), where);
    } else if (expected.isObject()) {
      assertThat(actual.isObject()).as("%s: expected an object, was %s", where, actual).isTrue();
      expected
          .properties()
          .forEach(
              field ->
                  match(
                      field.getValue(), actual.path(field.getKey()), where + '/' + field.getKey()));
    } else if (expected.isArray()) {
      assertThat(actual.size()).as("%s: size of %s", where, actual).isEqualTo(expected.size());
      boolean anyOrder = where.endsWith("/results");
      for (int i = 0; i < expected.size(); i++) {
        JsonNode one = anyOrder ? sameId(expected.get(i), actual, where) : actual.get(i);
        match(expected.get(i), one, where + '/' + i);
      }
    } else {
      assertThat(actual).as(where).isEqualTo(expected);
    }
  }

  // The results of a batch come in the order of ids, which says little about that of its lines.
  private JsonNode sameId(JsonNode expected, JsonNode all, String where) {
    String id = fill(expected.path("id").asString());
    return StreamSupport.stream(all.spliterator(), false)
        .filter(each -> each.path("id").asString().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("%s: %s is not in %s".formatted(where, id, all)));
  }
}
