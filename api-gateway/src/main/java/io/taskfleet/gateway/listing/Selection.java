package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.paging.Position;
import io.taskfleet.task.TaskState;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The statements that find a tenant's tasks, newest first. Each walks a range of one of the indexes
 * named {@code task_listed…}, and drops on the way what does not match.
 */
final class Selection {
  private static final String NEWEST_FIRST = " order by created_at desc, id desc";

  private final StringBuilder range = new StringBuilder("tenant = ?");
  private final List<Object> rangeValues = new ArrayList<>();
  private final StringBuilder match = new StringBuilder();
  private final List<Object> matchValues = new ArrayList<>();

  /**
   * The tasks that pass the filter.
   *
   * @param after only those behind this place
   */
  Selection(String tenant, TaskFilter filter, @Nullable Position after) {
    rangeValues.add(tenant);
    within(filter, after);
    matching(filter);
  }

  /** A statement and its parameters in order. */
  record Statement(String sql, List<Object> values) {}

  private void within(TaskFilter filter, @Nullable Position after) {
    if (filter.from() != null) {
      range.append(" and created_at >= ?");
      rangeValues.add(time(filter.from()));
    }
    if (filter.to() != null) {
      range.append(" and created_at < ?");
      rangeValues.add(time(filter.to()));
    }
    if (after != null) {
      range.append(" and (created_at, id) < (?, ?)");
      rangeValues.add(time(after.createdAt()));
      rangeValues.add(after.id());
    }
    // In the words of the partial indexes, or Postgres does not see that they have it all.
    if (filter.state() != null && filter.state() != TaskState.SUCCEEDED) {
      range.append(" and state <> 'succeeded'");
    }
    if (filter.tag() != null) {
      range.append(" and tags is not null");
    }
  }

  private void matching(TaskFilter filter) {
    matches("state = ?", filter.state() == null ? null : filter.state().label());
    matches("type = ?", filter.type());
    matches("ordering_key = ?", filter.key());
    matches("? = any (string_to_array(tags, ','))", filter.tag());
  }

  private void matches(String condition, @Nullable String value) {
    if (value != null) {
      match.append(match.isEmpty() ? " where " : " and ").append(condition);
      matchValues.add(value);
    }
  }

  /** Whether some tasks of the range may not match. */
  boolean drops() {
    return !matchValues.isEmpty();
  }

  /** All of them, to be read as they come. */
  Statement all(String columns) {
    return new Statement(
        "select %s from (select * from task where %s) as looked%s%s"
            .formatted(columns, range, match, NEWEST_FIRST),
        Stream.concat(rangeValues.stream(), matchValues.stream()).toList());
  }

  /**
   * The first of them.
   *
   * @param look how much of the range is looked at
   */
  Statement first(String columns, int atMost, int look) {
    return new Statement(
        "select %s from (select * from task where %s%s limit %d) as looked%s%s limit %d"
            .formatted(columns, range, NEWEST_FIRST, look, match, NEWEST_FIRST, atMost),
        Stream.concat(rangeValues.stream(), matchValues.stream()).toList());
  }

  /** Where such a look has ended, if that is not the end of the range. */
  Statement endOf(int look) {
    return new Statement(
        "select created_at, id from task where %s%s offset %d limit 1"
            .formatted(range, NEWEST_FIRST, look - 1),
        List.copyOf(rangeValues));
  }

  private static Object time(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
