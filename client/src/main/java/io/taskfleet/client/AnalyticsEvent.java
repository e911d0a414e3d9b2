package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;

/** Something that happened and is to be counted. Immutable. */
public final class AnalyticsEvent implements Payload {
  private final Fields fields;

  private AnalyticsEvent(Fields fields) {
    this.fields = fields;
  }

  /** An event of this name, such as {@code order.sent}. */
  public static AnalyticsEvent named(String name) {
    return new AnalyticsEvent(Fields.of("name", name));
  }

  public AnalyticsEvent user(String userId) {
    return with("user_id", userId);
  }

  public AnalyticsEvent value(BigDecimal value) {
    return with("value", value);
  }

  public AnalyticsEvent value(double value) {
    return value(BigDecimal.valueOf(value));
  }

  /** More about it: anything that is a JSON object. */
  public AnalyticsEvent properties(Object properties) {
    return with("properties", properties);
  }

  /** When it happened, if not when it is submitted. */
  public AnalyticsEvent at(Instant time) {
    return with("at", time);
  }

  @Override
  public String type() {
    return "analytics";
  }

  @JsonValue
  Map<String, Object> fields() {
    return fields.values();
  }

  private AnalyticsEvent with(String name, Object value) {
    return new AnalyticsEvent(fields.with(name, value));
  }
}
