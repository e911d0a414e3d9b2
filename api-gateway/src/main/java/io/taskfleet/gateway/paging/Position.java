package io.taskfleet.gateway.paging;

import io.taskfleet.task.TaskIds;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/**
 * A place in a list that has its newest first.
 *
 * @param createdAt in whole microseconds, as Postgres keeps it
 */
public record Position(Instant createdAt, UUID id) {
  /** In front of all. */
  public static final Position FRONT =
      new Position(Instant.parse("9999-12-31T00:00:00Z"), new UUID(-1, -1));

  /** How it is written. */
  public static final PlaceForm<Position> FORM = new PlaceForm<>(Position::text, Position::parse);

  private static final char BETWEEN = '/';

  private String text() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, createdAt) + "" + BETWEEN + id;
  }

  private static Optional<Position> parse(String text) {
    int between = text.indexOf(BETWEEN);
    if (between < 0) {
      return Optional.empty();
    }
    long micros = Long.parseLong(text.substring(0, between));
    Instant createdAt = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    return TaskIds.parse(text.substring(between + 1))
        .map(id -> new Position(createdAt, id))
        .filter(each -> micros >= 0 && !createdAt.isAfter(FRONT.createdAt));
  }
}
