package io.taskfleet.template;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a template is filled with, for one time. The library would look for methods in values, and
 * repeat lists within lists for ever; here there are maps, lists and scalars, and so many
 * repetitions.
 */
final class Values {
  private static final int MOST_REPETITIONS = 100_000;

  private final Map<String, Object> all;
  private int repetitions;

  private Values(@Nullable ObjectNode variables) {
    this.all = variables == null ? Map.of() : members(variables);
  }

  static Values of(@Nullable ObjectNode variables) {
    return new Values(variables);
  }

  Map<String, Object> all() {
    return all;
  }

  private @Nullable Object value(JsonNode node) {
    if (node instanceof ObjectNode object) {
      return members(object);
    }
    if (node.isArray()) {
      List<Object> items = new ArrayList<>();
      for (JsonNode item : node) {
        Object value = value(item);
        if (value != null) {
          items.add(value);
        }
      }
      return new Items(items);
    }
    if (node.isNumber()) {
      return node.isIntegralNumber() ? node.bigIntegerValue() : node.decimalValue();
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    return node.isString() ? node.asString() : null;
  }

  /** A null is as good as nothing. */
  private Map<String, Object> members(ObjectNode object) {
    Map<String, Object> members = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            each -> {
              Object value = value(each.getValue());
              if (value != null) {
                members.put(each.getKey(), value);
              }
            });
    return members;
  }

  /** A list that counts how often it is gone through. */
  private final class Items implements Iterable<Object> {
    private final List<Object> items;

    Items(List<Object> items) {
      this.items = items;
    }

    @Override
    public Iterator<Object> iterator() {
      Iterator<Object> each = items.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return each.hasNext();
        }

        @Override
        public Object next() {
          if (++repetitions > MOST_REPETITIONS) {
            throw new TooMuchException();
          }
          return each.next();
        }
      };
    }
  }

  /** Finds values in maps, and nowhere else. */
  static final class Lookup implements Mustache.Collector {
    @Override
    public @Nullable Iterator<?> toIterator(Object value) {
      return value instanceof Items items ? items.iterator() : null;
    }

    @Override
    public Mustache.@Nullable VariableFetcher createFetcher(Object context, String name) {
      return context instanceof Map
          ? (map, key) -> {
            Object value = ((Map<?, ?>) map).get(key);
            return value == null ? Template.NO_FETCHER_FOUND : value;
          }
          : null;
    }

    @Override
    public <K, V> Map<K, V> createFetcherCache() {
      return new ConcurrentHashMap<>();
    }
  }
}
