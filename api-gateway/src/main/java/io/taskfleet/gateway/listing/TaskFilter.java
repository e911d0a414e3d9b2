package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.paging.PageTokens;
import io.taskfleet.gateway.paging.Position;
import io.taskfleet.gateway.web.QueryParameters;
import io.taskfleet.task.TaskState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks of a tenant are meant; null means any.
 *
 * @param tag one of the task's tags
 * @param key the ordering key
 * @param from accepted at this time or later
 * @param to accepted before this time
 */
record TaskFilter(
    @Nullable TaskState state,
    @Nullable String type,
    @Nullable String tag,
    @Nullable String key,
    @Nullable Instant from,
    @Nullable Instant to) {
  static TaskFilter of(QueryParameters query) {
    Instant from = query.time("from").orElse(null);
    Instant to = query.time("to").orElse(null);
    if (from != null && to != null && !to.isAfter(from)) {
      throw QueryParameters.refused("to", "must be after from");
    }
    return new TaskFilter(
        query.oneOf("state", List.of(TaskState.values()), TaskState::label).orElse(null),
        query.text("type").orElse(null),
        query.text("tag").orElse(null),
        query.text("key").orElse(null),
        from,
        to);
  }

  /** The tokens of the tenant's tasks that pass. */
  PageTokens<Position> tokens(String tenant) {
    return new PageTokens<>(Position.FORM, "tasks", tenant, state, type, tag, key, from, to);
  }
}
