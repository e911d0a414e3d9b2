package io.taskfleet.gateway.user;

import io.taskfleet.gateway.user.NewUser.Fate;
import io.taskfleet.gateway.user.NewUser.Origin;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Makes users, any number in one transaction, each with all that belongs to it. */
final class NewUsers {
  // In one order everywhere: two imports of the same addresses must not wait for each other. Of
  // two users with one address the first is made.
  private static final String USERS =
      """
      insert into app_user (tenant, id, email, status, request_hash, created_at, updated_at)
      select :tenant, new.id, new.email, new.status, new.hash, :at, :at
        from unnest(:ids::uuid[], :emails::text[], :statuses::text[], :hashes::bytea[])
          with ordinality as new (id, email, status, hash, line)
       order by lower(new.email), new.line
      on conflict do nothing
      returning id
      """;

  private static final String KNOWN =
      "select id, request_hash from app_user where tenant = :tenant and id = any(:ids::uuid[])";

  private static final String PROFILES =
      """
      insert into user_profile (tenant, user_id, name, locale, zone)
      select :tenant, new.*
        from unnest(:ids::uuid[], :names::text[], :locales::text[], :zones::text[]) as new
      """;

  private static final String PERMISSIONS =
      """
      insert into user_permission (tenant, user_id, permission)
      select :tenant, new.* from unnest(:ids::uuid[], :permissions::text[]) as new
      """;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final PreferenceTable preferences;
  private final FollowUps followUps;

  NewUsers(
      JdbcClient jdbc,
      TransactionOperations transactions,
      PreferenceTable preferences,
      FollowUps followUps) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.preferences = preferences;
    this.followUps = followUps;
  }

  /** Makes those that can be made, and their follow-up tasks, all together or none. */
  Map<UUID, Fate> create(Origin origin, List<NewUser> users) {
    Map<UUID, Fate> fates = new HashMap<>();
    transactions.executeWithoutResult(status -> create(origin, users, fates));
    return fates;
  }

  private void create(Origin origin, List<NewUser> users, Map<UUID, Fate> fates) {
    Set<UUID> created = insertUsers(origin, users);
    List<NewUser> made = users.stream().filter(user -> created.contains(user.id())).toList();
    if (!made.isEmpty()) {
      insertProfiles(origin.tenant(), made);
      preferences.insert(origin.tenant(), made);
      insertPermissions(origin.tenant(), made);
      followUps.insert(origin, made);
    }
    made.forEach(user -> fates.put(user.id(), Fate.CREATED));
    List<NewUser> others = users.stream().filter(user -> !created.contains(user.id())).toList();
    if (!others.isEmpty()) {
      findFates(origin.tenant(), others, fates);
    }
  }

  private Set<UUID> insertUsers(Origin origin, List<NewUser> users) {
    return new HashSet<>(
        jdbc.sql(USERS)
            .param("tenant", origin.tenant())
            .param("at", origin.at().atOffset(ZoneOffset.UTC))
            .param("ids", ids(users))
            .param("emails", texts(users, user -> user.request().email()))
            .param("statuses", texts(users, user -> user.request().statusOrActive().label()))
            .param("hashes", users.stream().map(NewUser::requestHash).toArray(byte[][]::new))
            .query(UUID.class)
            .list());
  }

  private void findFates(String tenant, List<NewUser> users, Map<UUID, Fate> fates) {
    Map<UUID, byte[]> known = new HashMap<>();
    jdbc.sql(KNOWN)
        .param("tenant", tenant)
        .param("ids", ids(users))
        .query(
            row -> {
              known.put(row.getObject("id", UUID.class), row.getBytes("request_hash"));
            });
    for (NewUser user : users) {
      Fate fate =
          !known.containsKey(user.id())
              ? Fate.EMAIL_TAKEN
              : Arrays.equals(known.get(user.id()), user.requestHash())
                  ? Fate.REPLAYED
                  : Fate.OTHER_REQUEST;
      fates.put(user.id(), fate);
    }
  }

  private void insertProfiles(String tenant, List<NewUser> users) {
    jdbc.sql(PROFILES)
        .param("tenant", tenant)
        .param("ids", ids(users))
        .param("names", texts(users, user -> user.request().name()))
        .param("locales", texts(users, user -> user.request().locale()))
        .param("zones", texts(users, user -> user.request().zone()))
        .update();
  }

  private void insertPermissions(String tenant, List<NewUser> users) {
    record Grant(UUID user, String permission) {}
    List<Grant> grants =
        users.stream()
            .flatMap(
                user ->
                    user.request().givenPermissions().stream()
                        .map(permission -> new Grant(user.id(), permission)))
            .toList();
    if (!grants.isEmpty()) {
      jdbc.sql(PERMISSIONS)
          .param("tenant", tenant)
          .param("ids", grants.stream().map(Grant::user).toArray(UUID[]::new))
          .param("permissions", grants.stream().map(Grant::permission).toArray(String[]::new))
          .update();
    }
  }

  static UUID[] ids(List<NewUser> users) {
    return users.stream().map(NewUser::id).toArray(UUID[]::new);
  }

  static @Nullable String[] texts(List<NewUser> users, Function<NewUser, @Nullable String> text) {
    return users.stream().map(text).toArray(String[]::new);
  }
}
