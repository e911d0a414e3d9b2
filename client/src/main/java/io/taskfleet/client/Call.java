package io.taskfleet.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request before it is sent, once or more often.
 *
 * @param path with its query
 * @param body null for none, or for one that is streamed
 * @param idempotencyKey the same each time
 * @param within null for the policy's deadline
 */
record Call(
    String method,
    String path,
    Map<String, String> headers,
    @Nullable String body,
    @Nullable String idempotencyKey,
    Repeat repeat,
    @Nullable Duration within) {
  private static final String JSON = "application/json";

  static Call get(String path) {
    return new Call("GET", path, Map.of("Accept", JSON), null, null, Repeat.SAFE, null);
  }

  static Call delete(String path) {
    return new Call("DELETE", path, Map.of("Accept", JSON), null, null, Repeat.SAFE, null);
  }

  /** A POST that is one thing however often it is sent. */
  static Call post(String path, @Nullable Object body, String key) {
    return writing("POST", path, JSON, body, key, Repeat.SAFE);
  }

  /** A POST that can carry no key. */
  static Call postUnnamed(String path, @Nullable Object body, Repeat repeat) {
    return writing("POST", path, JSON, body, null, repeat);
  }

  static Call put(String path, Object body) {
    return writing("PUT", path, JSON, body, null, Repeat.SAFE);
  }

  /** A merge patch: the same thing however often it is sent. */
  static Call patch(String path, Object body) {
    return writing("PATCH", path, "application/merge-patch+json", body, null, Repeat.SAFE);
  }

  /** The head of a POST whose body is streamed. */
  static Call upload(String path, String type, @Nullable String key, Repeat repeat) {
    return new Call(
        "POST", path, Map.of("Accept", JSON, "Content-Type", type), null, key, repeat, null);
  }

  private static Call writing(
      String method,
      String path,
      String type,
      @Nullable Object body,
      @Nullable String key,
      Repeat repeat) {
    return new Call(
        method,
        path,
        body == null ? Map.of("Accept", JSON) : Map.of("Accept", JSON, "Content-Type", type),
        body == null ? null : Json.write(body),
        key,
        repeat,
        null);
  }

  Call accepting(String type) {
    return new Call(method, path, Map.of("Accept", type), body, idempotencyKey, repeat, within);
  }

  Call header(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Call(method, path, Map.copyOf(more), body, idempotencyKey, repeat, within);
  }

  Call within(Duration deadline) {
    return new Call(method, path, headers, body, idempotencyKey, repeat, deadline);
  }

  /** For people, without the query: it may hold what is nobody's business. */
  @Override
  public String toString() {
    int query = path.indexOf('?');
    return method + " " + (query < 0 ? path : path.substring(0, query));
  }
}
