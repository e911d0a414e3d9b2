package io.taskfleet.gateway.user;

import io.taskfleet.gateway.user.StatusChange.Filter;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Users in Postgres, to be changed. */
final class UserTable {
  private static final String UPDATE_USER =
      """
      update app_user set email = :email, status = :status, updated_at = :at
       where tenant = :tenant and id = :id
      """;

  private static final String UPDATE_PROFILE =
      """
      update user_profile set name = :name, locale = :locale, zone = :zone
       where tenant = :tenant and user_id = :id
      """;

  private static final String DELETE = "delete from app_user where tenant = :tenant and id = :id";

  private static final String SET_STATUS =
      """
      update app_user set status = :status, updated_at = :at
       where tenant = :tenant and status <> :status
      """;

  private static final String OF_IDS = " and id = any(:ids::uuid[])";

  private static final String OF_FILTER =
      """
       and (:from::text is null or status = :from::text)
       and (:after::timestamptz is null or created_at > :after::timestamptz)
       and (:before::timestamptz is null or created_at < :before::timestamptz)
      """;

  private static final String REVOKE =
      """
      delete from user_permission
       where tenant = :tenant and user_id = :id and permission <> all(:permissions::text[])
      """;

  private static final String GRANT =
      """
      insert into user_permission (tenant, user_id, permission)
      select :tenant, :id, permission from unnest(:permissions::text[]) as new (permission)
      on conflict do nothing
      """;

  private final JdbcClient jdbc;
  private final UserRepository users;
  private final TransactionOperations transactions;

  UserTable(JdbcClient jdbc, UserRepository users, TransactionOperations transactions) {
    this.jdbc = jdbc;
    this.users = users;
    this.transactions = transactions;
  }

  /**
   * Changes the user, if there is one, while nobody else does; answers what it is now.
   *
   * @param begin called before anything is changed
   */
  Optional<UserRow> change(String tenant, UUID id, UnaryOperator<UserRow> change, Runnable begin) {
    return transactions.execute(
        status ->
            users
                .lock(tenant, id)
                .map(
                    before -> {
                      UserRow after = change.apply(before);
                      if (!after.equals(before)) {
                        begin.run();
                        update(after);
                      }
                      return after;
                    }));
  }

  private void update(UserRow user) {
    jdbc.sql(UPDATE_USER)
        .param("tenant", user.tenant())
        .param("id", user.id())
        .param("email", user.email())
        .param("status", user.status())
        .param("at", offset(user.updatedAt()))
        .update();
    jdbc.sql(UPDATE_PROFILE)
        .param("tenant", user.tenant())
        .param("id", user.id())
        .param("name", user.name())
        .param("locale", user.locale())
        .param("zone", user.zone())
        .update();
  }

  /** Deletes the user with all that belongs to it; answers whether there was one. */
  boolean delete(String tenant, UUID id, Runnable begin) {
    return transactions.execute(
        status -> {
          if (users.lock(tenant, id).isEmpty()) {
            return false;
          }
          begin.run();
          return jdbc.sql(DELETE).param("tenant", tenant).param("id", id).update() > 0;
        });
  }

  /** Gives users this status, and answers how many had another one. */
  int setStatus(String tenant, List<UUID> ids, UserStatus status, Instant at, Runnable begin) {
    return inTime(
        begin,
        jdbc.sql(SET_STATUS + OF_IDS)
            .param("tenant", tenant)
            .param("status", status.label())
            .param("at", offset(at))
            .param("ids", ids.toArray(UUID[]::new)));
  }

  /** The same for those that match. */
  int setStatus(String tenant, Filter filter, UserStatus status, Instant at, Runnable begin) {
    UserStatus from = filter.status();
    return inTime(
        begin,
        jdbc.sql(SET_STATUS + OF_FILTER)
            .param("tenant", tenant)
            .param("status", status.label())
            .param("at", offset(at))
            .param("from", from == null ? null : from.label())
            .param("after", text(filter.createdAfter()))
            .param("before", text(filter.createdBefore())));
  }

  // In a transaction, whose timeout is shorter than the driver's: it is known what became of it.
  private int inTime(Runnable begin, JdbcClient.StatementSpec update) {
    return transactions.execute(
        status -> {
          begin.run();
          return update.update();
        });
  }

  /** Lets the user have these permissions and no others; answers whether there is one. */
  boolean replacePermissions(String tenant, UUID id, List<String> permissions) {
    return transactions.execute(
        status -> {
          if (users.lock(tenant, id).isEmpty()) {
            return false;
          }
          String[] names = permissions.toArray(String[]::new);
          for (String statement : List.of(REVOKE, GRANT)) {
            jdbc.sql(statement)
                .param("tenant", tenant)
                .param("id", id)
                .param("permissions", names)
                .update();
          }
          return true;
        });
  }

  private static OffsetDateTime offset(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
