package io.taskfleet.client;

import org.jspecify.annotations.Nullable;

/**
 * An event of a {@code text/event-stream}.
 *
 * @param id the last one that was given; empty for none
 * @param name {@code message} if it has none
 */
record ServerEvent(String id, String name, String data) {
  /** What it says, if this is its name. */
  <T> @Nullable T named(String wanted, Class<T> type) {
    return name.equals(wanted) ? Json.read(data, type) : null;
  }
}
