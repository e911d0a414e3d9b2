package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Map;

/** A message to be delivered as a signed webhook. Immutable. */
public final class Notification implements Payload {
  private final Fields fields;

  private Notification(Fields fields) {
    this.fields = fields;
  }

  /** A message to this URL. */
  public static Notification to(String url, String message) {
    return new Notification(Fields.of("url", url).with("message", message));
  }

  public Notification title(String title) {
    return with("title", title);
  }

  /** What a program at the other end reads: anything that is a JSON object. */
  public Notification data(Object data) {
    return with("data", data);
  }

  @Override
  public String type() {
    return "notification";
  }

  @JsonValue
  Map<String, Object> fields() {
    return fields.values();
  }

  private Notification with(String name, Object value) {
    return new Notification(fields.with(name, value));
  }
}
