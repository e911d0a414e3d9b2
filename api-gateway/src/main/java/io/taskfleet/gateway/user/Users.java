package io.taskfleet.gateway.user;

import io.taskfleet.gateway.idempotency.IdempotencyKey;
import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.Position;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.user.NewUser.Fate;
import io.taskfleet.gateway.user.NewUser.Origin;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.springframework.dao.DuplicateKeyException;
import tools.jackson.databind.node.ObjectNode;

/** Makes, changes and lists users, and has the caches hear of it. */
final class Users {
  private final UserRepository rows;
  private final NewUsers newUsers;
  private final UserTable table;
  private final UserCache cache;
  private final Turns turns;
  private final Clock clock;

  Users(
      UserRepository rows,
      NewUsers newUsers,
      UserTable table,
      UserCache cache,
      Turns turns,
      Clock clock) {
    this.rows = rows;
    this.newUsers = newUsers;
    this.table = table;
    this.cache = cache;
    this.turns = turns;
    this.clock = clock;
  }

  /** The time, as exact as Postgres keeps it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /**
   * Makes the user; the same request with the same idempotency key finds it made.
   *
   * @throws ProblemException if another user has the address, or another request the key
   */
  UserRow create(Origin origin, NewUser user) {
    Fate fate =
        Objects.requireNonNull(
            turns.ask(() -> newUsers.create(origin, List.of(user))).get(user.id()));
    return switch (fate) {
      case CREATED, REPLAYED ->
          turns.ask(() -> rows.find(origin.tenant(), user.id())).orElseThrow(UserCache::unknown);
      case OTHER_REQUEST -> throw IdempotencyKey.reused();
      case EMAIL_TAKEN -> throw emailTaken();
    };
  }

  private static ProblemException emailTaken() {
    return ProblemException.of(ProblemType.CONFLICT, "another user has this email address");
  }

  /** Changes the user by a merge patch that {@code read} checks once it is applied. */
  UserRow change(String tenant, UUID id, ObjectNode patch, Function<byte[], UserDocument> read) {
    UnaryOperator<UserRow> change =
        row -> {
          UserDocument before = UserDocument.of(row);
          UserDocument after = read.apply(before.patched(patch));
          return after.equals(before) ? row : row.changedTo(after, now());
        };
    try {
      return heard(
              () -> cache.changing(tenant, id),
              begin -> table.change(tenant, id, change, begin),
              () -> cache.changed(tenant, id))
          .orElseThrow(UserCache::unknown);
    } catch (DuplicateKeyException taken) {
      throw emailTaken();
    }
  }

  /** Deletes the user with its preferences and its inbox. */
  void delete(String tenant, UUID id) {
    boolean existed =
        heard(
            () -> cache.changing(tenant, id),
            begin -> table.delete(tenant, id, begin),
            () -> cache.changed(tenant, id));
    if (!existed) {
      throw UserCache.unknown();
    }
  }

  /** Gives users a status; answers how many had another one. */
  int setStatus(String tenant, StatusChange change) {
    List<String> ids = change.ids();
    List<UUID> parsed = ids == null ? List.of() : StatusChange.parsed(ids);
    Instant now = now();
    return heard(
        () -> cache.allChanging(tenant),
        begin ->
            ids == null
                ? table.setStatus(
                    tenant, Objects.requireNonNull(change.filter()), change.status(), now, begin)
                : table.setStatus(tenant, parsed, change.status(), now, begin),
        () -> cache.allChanged(tenant));
  }

  /** A page of the tenant's users, newest first. */
  Slice<UserRow> list(String tenant, Optional<UserStatus> status, PageRequest<Position> page) {
    Position after = page.after().orElse(Position.FRONT);
    Instant at = after.createdAt();
    return page.slice(
        turns.ask(
            () ->
                status
                    .map(each -> rows.page(tenant, each.label(), at, after.id(), page.limit()))
                    .orElseGet(() -> rows.page(tenant, at, after.id(), page.limit()))),
        row -> new Position(row.createdAt(), row.id()));
  }

  // The caches hear of a change that has begun, however it ends: a commit whose answer was lost may
  // have happened. Of one that cannot begin they hear nothing, and what is cached can still be
  // read.
  private <T> T heard(Runnable before, Function<Runnable, T> change, Runnable after) {
    AtomicBoolean begun = new AtomicBoolean();
    Runnable begin =
        () -> {
          begun.set(true);
          before.run();
        };
    try {
      return turns.ask(() -> change.apply(begin));
    } finally {
      if (begun.get()) {
        after.run();
      }
    }
  }
}
