package io.taskfleet.gateway.user;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.TaskIds;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code PATCH /v1/users:status}: which users, and their new status.
 *
 * @param ids these users, or
 * @param filter those that match
 */
record StatusChange(
    @Nullable @Size(min = 1, max = 10_000) List<@NotNull String> ids,
    @Nullable @Valid Filter filter,
    @NotNull UserStatus status) {

  /**
   * Users that match all of what is given.
   *
   * @param status as it is now
   */
  record Filter(
      @Nullable UserStatus status,
      @Nullable Instant createdAfter,
      @Nullable Instant createdBefore) {

    @JsonIgnore
    @AssertTrue(message = "give at least one condition") public boolean isConditionGiven() {
      return status != null || createdAfter != null || createdBefore != null;
    }
  }

  @JsonIgnore
  @AssertTrue(message = "give ids or filter, and not both") public boolean isTargetGiven() {
    return (ids == null) != (filter == null);
  }

  /** The ids that were given. */
  static List<UUID> parsed(List<String> ids) {
    UUID[] parsed = new UUID[ids.size()];
    for (int i = 0; i < parsed.length; i++) {
      String pointer = "/ids/" + i;
      parsed[i] =
          TaskIds.parse(ids.get(i))
              .orElseThrow(() -> ProblemException.refused(pointer, "must be a user's id"));
    }
    return List.of(parsed);
  }
}
