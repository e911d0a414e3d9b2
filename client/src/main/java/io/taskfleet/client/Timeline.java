package io.taskfleet.client;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * What has happened to a task, in order of time.
 *
 * @param truncated whether there was more before
 */
public record Timeline(UUID id, TaskState state, List<Entry> entries, boolean truncated) {

  /**
   * Something that has happened.
   *
   * @param event what, such as {@code attempt_failed}
   * @param details what else is known of it, such as {@code attempt} and {@code worker}
   */
  public record Entry(
      Instant at, String event, @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> details) {}
}
