package io.taskfleet.gateway.paging;

import io.taskfleet.task.TaskIds;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How a place in a list is written.
 *
 * @param read empty if it is none; may throw what parsers throw
 */
public record PlaceForm<P>(Function<P, String> write, Function<String, Optional<P>> read) {
  /** Of a list in the order of ids. */
  public static final PlaceForm<UUID> ID = new PlaceForm<>(UUID::toString, TaskIds::parse);

  /** Of a list in the order of such names. */
  public static PlaceForm<String> name(Predicate<String> isName) {
    return new PlaceForm<>(name -> name, text -> Optional.of(text).filter(isName));
  }
}
