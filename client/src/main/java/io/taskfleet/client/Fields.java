package io.taskfleet.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Fields of a JSON object in the order in which they were given; immutable. */
record Fields(Map<String, Object> values) {
  static final Fields NONE = new Fields(Map.of());

  static Fields of(String name, Object value) {
    return NONE.with(name, value);
  }

  /** The same fields and this one; times and durations are written as the gateway reads them. */
  Fields with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(values);
    more.put(
        name, value instanceof Duration || value instanceof Instant ? value.toString() : value);
    return new Fields(Collections.unmodifiableMap(more));
  }
}
