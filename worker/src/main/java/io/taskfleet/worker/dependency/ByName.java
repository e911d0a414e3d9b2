package io.taskfleet.worker.dependency;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is said of dependencies by name. The name itself counts before any that ends in {@code *},
 * and of these the longest; only one of them counts.
 */
record ByName<T>(Map<String, T> entries) {
  private static final String ANY = "*";

  /** Keeps what is in the map now. */
  ByName {
    entries = Map.copyOf(entries);
  }

  /** What is said of this name. */
  @Nullable T of(String name) {
    T exact = entries.get(name);
    if (exact != null) {
      return exact;
    }
    T found = null;
    int longest = 0;
    for (Map.Entry<String, T> each : entries.entrySet()) {
      String pattern = each.getKey();
      if (pattern.length() > longest && matches(pattern, name)) {
        longest = pattern.length();
        found = each.getValue();
      }
    }
    return found;
  }

  private static boolean matches(String pattern, String name) {
    return pattern.endsWith(ANY)
        && name.startsWith(pattern.substring(0, pattern.length() - ANY.length()));
  }
}
