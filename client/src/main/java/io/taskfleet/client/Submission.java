package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonValue;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A task to be submitted, with all that can be said about it. Immutable. */
public final class Submission {
  private final Fields fields;

  private Submission(Fields fields) {
    this.fields = fields;
  }

  /** A task that does this. */
  public static Submission of(Payload payload) {
    return of(payload.type(), payload);
  }

  /**
   * A task of any type.
   *
   * @param payload anything that is a JSON object: a map, a record (its names become snake_case), a
   *     tree
   */
  public static Submission of(String type, Object payload) {
    return new Submission(Fields.of("type", type).with("payload", payload));
  }

  /** A task as the gateway reads it, field by field. */
  public static Submission raw(Map<String, Object> fields) {
    return new Submission(new Fields(Collections.unmodifiableMap(new LinkedHashMap<>(fields))));
  }

  /** Tasks of one type and priority with the same key start in order. */
  public Submission key(String key) {
    return with("key", key);
  }

  public Submission priority(Priority priority) {
    return with("priority", priority);
  }

  /** Not before this time. */
  public Submission runAt(Instant time) {
    return with("run_at", time);
  }

  /** Not before so long from now. */
  public Submission delay(Duration delay) {
    return with("delay", delay);
  }

  /** Not after this time. */
  public Submission expiresAt(Instant time) {
    return with("expires_at", time);
  }

  public Submission maxAttempts(int attempts) {
    return with("max_attempts", attempts);
  }

  /** How long one attempt may last. */
  public Submission timeout(Duration timeout) {
    return with("timeout", timeout);
  }

  /** Words to find the task by. */
  public Submission tags(List<String> tags) {
    return with("tags", List.copyOf(tags));
  }

  /** Words to find the task by. */
  public Submission tags(String... tags) {
    return tags(List.of(tags));
  }

  /** Who is told when the task has ended. */
  public Submission callbackUrl(URI url) {
    return with("callback_url", url.toString());
  }

  @JsonValue
  Map<String, Object> fields() {
    return fields.values();
  }

  private Submission with(String name, Object value) {
    return new Submission(fields.with(name, value));
  }
}
