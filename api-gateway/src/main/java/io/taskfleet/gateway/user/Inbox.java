package io.taskfleet.gateway.user;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.time.Clock;
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
   * The notifications of a page, and one more if there is a next one.
   *
   * @throws ProblemException if there is no such user
   */
  List<InboxRow> list(String tenant, UUID user, boolean unread, Page page) {
    List<InboxRow> found =
        turns.ask(
            () ->
                unread
                    ? rows.unread(tenant, user, page.at(), page.before(), page.rows())
                    : rows.page(tenant, user, page.at(), page.before(), page.rows()));
    if (found.isEmpty() && !turns.ask(() -> users.exists(tenant, user))) {
      throw UserCache.unknown();
    }
    return found;
  }

  /** The newest of those that are unread. */
  List<NotificationView> unread(String tenant, UUID user) {
    Page first = Page.first("", SHOWN_IN_PROFILE);
    return turns
        .ask(() -> rows.unread(tenant, user, first.at(), first.before(), first.size()))
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
