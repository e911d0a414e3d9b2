package io.taskfleet.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Parameters behind a path; immutable. */
record Query(Fields fields) {
  static final Query NONE = new Query(Fields.NONE);

  /** The same with this one, unless it is null. */
  Query with(String name, @Nullable Object value) {
    if (value == null) {
      return this;
    }
    return new Query(
        fields.with(
            name, value instanceof Enum<?> word ? word.name().toLowerCase(Locale.ROOT) : value));
  }

  /** A part of a path, such as a name. */
  static String segment(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  /** {@code ?a=b&c=d}, or nothing. */
  @Override
  public String toString() {
    return fields.values().isEmpty()
        ? ""
        : fields.values().entrySet().stream()
            .map(field -> field.getKey() + '=' + segment(field.getValue().toString()))
            .collect(Collectors.joining("&", "?", ""));
  }
}
