package io.taskfleet.gateway.user;

import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.Position;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The notifications of users who look here for them. */
final class Inbox {
  private static final int SHOWN_IN_PROFILE = 20;

  private final InboxRepository rows;
  private final UserRepository users;
  private final Turns turns;
  private final Clock clock;

  Inbox(InboxRepository rows, UserRepository users, Turns turns, Clock clock) {
    this.rows = rows;
    this.users = users;
    this.turns = turns;
    this.clock = clock;
  }

  /**
   * A page of the user's notifications, newest first.
   *
   * @throws ProblemException if there is no such user
   */
  Slice<InboxRow> list(String tenant, UUID user, boolean unread, PageRequest<Position> page) {
    Position after = page.after().orElse(Position.FRONT);
    Instant at = after.createdAt();
    List<InboxRow> found =
        turns.ask(
            () ->
                unread
                    ? rows.unread(tenant, user, at, after.id(), page.limit())
                    : rows.page(tenant, user, at, after.id(), page.limit()));
    if (found.isEmpty() && !turns.ask(() -> users.exists(tenant, user))) {
      throw UserCache.unknown();
    }
    return page.slice(found, row -> new Position(row.createdAt(), row.id()));
  }

  /** The newest of those that are unread. */
  List<NotificationView> unread(String tenant, UUID user) {
    Position front = Position.FRONT;
    return turns
        .ask(() -> rows.unread(tenant, user, front.createdAt(), front.id(), SHOWN_IN_PROFILE))
        .stream()
        .map(NotificationView::of)
        .toList();
  }

  /**
   * Marks a notification read; again is harmless.
   *
   * @throws ProblemException if the user has no such notification
   */
  NotificationView markRead(String tenant, UUID user, UUID id) {
    return turns
        .ask(() -> rows.markRead(tenant, user, id, clock.instant()))
        .map(NotificationView::of)
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.NOT_FOUND, "the user has no notification of this id"));
  }
}
