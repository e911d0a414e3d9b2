package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;

/** A schedule to be made. Immutable. */
public final class NewSchedule {
  private final Fields fields;

  private NewSchedule(Fields fields) {
    this.fields = fields;
  }

  /** Fires by a cron expression, of five fields, or of six with the seconds first. */
  public static NewSchedule cron(String name, String cron, Submission task) {
    return made(name, "cron", cron, task);
  }

  /** Fires every so often. */
  public static NewSchedule every(String name, Duration period, Submission task) {
    return made(name, "every", period, task);
  }

  /** Fires once. */
  public static NewSchedule at(String name, Instant time, Submission task) {
    return made(name, "at", time, task);
  }

  private static NewSchedule made(String name, String timing, Object value, Submission task) {
    return new NewSchedule(Fields.of("name", name).with(timing, value).with("task", task));
  }

  /** Where the clock hangs that a cron expression means; UTC if nothing is said. */
  public NewSchedule zone(ZoneId zone) {
    return with("zone", zone.getId());
  }

  public NewSchedule catchUp(CatchUp policy) {
    return with("catch_up", policy);
  }

  /** Makes it, but does not let it fire yet. */
  public NewSchedule disabled() {
    return with("enabled", false);
  }

  @JsonValue
  Map<String, Object> fields() {
    return fields.values();
  }

  private NewSchedule with(String name, Object value) {
    return new NewSchedule(fields.with(name, value));
  }
}
