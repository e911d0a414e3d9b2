package io.taskfleet.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which tasks to list. Immutable. */
public final class TaskFilter {
  private final Query query;
  private final @Nullable Integer pageSize;

  private TaskFilter(Query query, @Nullable Integer pageSize) {
    this.query = query;
    this.pageSize = pageSize;
  }

  /** All of them. */
  public static TaskFilter all() {
    return new TaskFilter(Query.NONE, null);
  }

  public TaskFilter state(TaskState state) {
    return with("state", state);
  }

  public TaskFilter type(String type) {
    return with("type", type);
  }

  public TaskFilter tag(String tag) {
    return with("tag", tag);
  }

  public TaskFilter key(String key) {
    return with("key", key);
  }

  /** Accepted at this time or later. */
  public TaskFilter from(Instant time) {
    return with("from", time);
  }

  /** Accepted before this time. */
  public TaskFilter to(Instant time) {
    return with("to", time);
  }

  /** How many to fetch at once, up to 200. */
  public TaskFilter pageSize(int size) {
    return new TaskFilter(query, size);
  }

  /** What they have in common. */
  Query query() {
    return query;
  }

  /** The same for a page of them. */
  Query pageQuery() {
    return query.with("page_size", pageSize);
  }

  private TaskFilter with(String name, Object value) {
    return new TaskFilter(query.with(name, value), pageSize);
  }
}
