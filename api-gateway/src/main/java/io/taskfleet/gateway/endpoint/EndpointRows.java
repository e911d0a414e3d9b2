package io.taskfleet.gateway.endpoint;

import static io.taskfleet.gateway.postgres.RowTimes.time;
import static io.taskfleet.gateway.postgres.RowTimes.timeOrNull;

import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.security.AuditLog;
import io.taskfleet.gateway.security.AuditLog.Actor;
import io.taskfleet.gateway.web.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Endpoints and their keys in Postgres, by its clock. Every change is audited. */
final class EndpointRows {
  /** Keeps the user from being deleted before the endpoint is there, to be deleted with it. */
  private static final String TAKEN =
      """
      select count(*) as all_of_them, count(*) filter (where user_id = :user::uuid) as of_user,
             not exists (select from app_user where tenant = :tenant and id = :user::uuid
                           for key share) as user_is_unknown
        from webhook_endpoint where tenant = :tenant and id <> :id
      """;

  private static final String INSERT =
      """
      insert into webhook_endpoint (tenant, id, url, description, user_id, created_at, updated_at,
          disabled_at, disabled_because)
      values (:tenant, :id, :url, :description, :user, now(), now(),
          case when not :enabled then now() end, case when not :enabled then 'owner' end)
      """;

  /** What has failed until now says nothing of another URL, and is forgiven when it is enabled. */
  private static final String UPDATE =
      """
      update webhook_endpoint set
          description = :description, user_id = :user, updated_at = now(),
          failing_since = case when url = :url and (disabled_at is null or not :enabled)
                               then failing_since end,
          last_failure = case when url = :url and (disabled_at is null or not :enabled)
                              then last_failure end,
          disabled_because = case when not :enabled then coalesce(disabled_because, 'owner') end,
          disabled_at = case when not :enabled then coalesce(disabled_at, now()) end,
          url = :url
       where tenant = :tenant and id = :id
      """;

  private static final String FIND =
      "select * from webhook_endpoint where tenant = :tenant and id = :id";

  private static final String PAGE =
      """
      select * from webhook_endpoint where tenant = :tenant and id < :before
       order by id desc limit :limit
      """;

  private static final UUID NEWER_THAN_ALL = new UUID(-1, -1);

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final AuditLog audit;
  private final EndpointProperties properties;
  private final KeyRows keys;
  private final Turns turns;

  EndpointRows(
      JdbcClient jdbc,
      TransactionOperations transactions,
      AuditLog audit,
      EndpointProperties properties) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.audit = audit;
    this.properties = properties;
    this.keys = new KeyRows(jdbc);
    this.turns =
        new Turns(
            properties.queriesAtOnce(),
            properties.patience(),
            "webhook endpoints cannot be reached at the moment");
  }

  /**
   * Stores a new endpoint with its first key. Requests that come together may exceed the bounds by
   * one another.
   */
  Endpoint insert(Actor actor, UUID id, EndpointRequest request, SigningKeys.New key) {
    String tenant = actor.caller().tenant();
    return turns.ask(
        transactions,
        () -> {
          requirePlace(tenant, id, request.owned().userId());
          bound(INSERT, tenant, id, request).update();
          keys.add(tenant, id, key);
          write(actor, "create", id, Map.of("host", request.host()));
          return find(tenant, id, "").orElseThrow();
        });
  }

  /** Changes an endpoint, if there is one of this id, while nobody else does. */
  Optional<Endpoint> update(Actor actor, UUID id, Function<Endpoint, EndpointRequest> change) {
    String tenant = actor.caller().tenant();
    return turns.ask(
        transactions,
        () ->
            find(tenant, id, " for update")
                .flatMap(
                    before -> {
                      EndpointRequest request = change.apply(before);
                      UUID user = request.owned().userId();
                      if (!Objects.equals(user, before.owned().userId())) {
                        requirePlace(tenant, id, user);
                      }
                      bound(UPDATE, tenant, id, request).update();
                      List<String> fields = request.unlike(EndpointRequest.of(before));
                      if (!fields.isEmpty()) {
                        Map<String, Object> detail =
                            Map.of("fields", fields, "host", request.host());
                        write(actor, "change", id, detail);
                      }
                      return find(tenant, id, "");
                    }));
  }

  /**
   * Lets this key sign from now on, and those before it for so long.
   *
   * @throws ProblemException if there are too many that still sign
   */
  Optional<Endpoint> addKey(Actor actor, UUID id, SigningKeys.New key, Duration overlap) {
    String tenant = actor.caller().tenant();
    return turns.ask(
        transactions,
        () ->
            find(tenant, id, " for update")
                .flatMap(
                    _ -> {
                      keys.replace(tenant, id, key, overlap);
                      write(
                          actor,
                          "rotate",
                          id,
                          Map.of("key", key.id(), "overlap", overlap.toString()));
                      return find(tenant, id, "");
                    }));
  }

  /** The tenant's endpoint of this id. */
  Optional<Endpoint> find(String tenant, UUID id) {
    return turns.ask(() -> find(tenant, id, ""));
  }

  /** A page of the tenant's endpoints, newest first. */
  Slice<Endpoint> page(String tenant, PageRequest<UUID> page) {
    return page.slice(
        turns.ask(
            () ->
                keys.with(
                    tenant,
                    jdbc.sql(PAGE)
                        .param("tenant", tenant)
                        .param("before", page.after().orElse(NEWER_THAN_ALL))
                        .param("limit", page.limit())
                        .query((row, _) -> read(row))
                        .list())),
        Endpoint::id);
  }

  /** Removes the tenant's endpoint of this id; answers whether there was one. */
  boolean delete(Actor actor, UUID id) {
    return turns.ask(
        transactions,
        () -> {
          int deleted =
              jdbc.sql("delete from webhook_endpoint where tenant = :tenant and id = :id")
                  .param("tenant", actor.caller().tenant())
                  .param("id", id)
                  .update();
          if (deleted > 0) {
            write(actor, "delete", id, Map.of());
          }
          return deleted > 0;
        });
  }

  private void write(Actor actor, String what, UUID id, Map<String, ?> detail) {
    audit.write(actor, "webhook_endpoint." + what, id.toString(), detail);
  }

  private void requirePlace(String tenant, UUID id, @Nullable UUID user) {
    record Taken(int all, int ofUser, boolean userIsUnknown) {}
    Taken taken =
        jdbc.sql(TAKEN)
            .param("tenant", tenant)
            .param("user", user)
            .param("id", id)
            .query(
                (row, _) ->
                    new Taken(
                        row.getInt("all_of_them"),
                        row.getInt("of_user"),
                        row.getBoolean("user_is_unknown")))
            .single();
    if (user != null && taken.userIsUnknown) {
      throw ProblemException.refused("/user_id", "there is no such user");
    }
    if (taken.all >= properties.mostPerTenant()) {
      throw ProblemException.full(
          "", "there may be %d endpoints".formatted(properties.mostPerTenant()));
    }
    if (taken.ofUser >= properties.mostPerUser()) {
      throw ProblemException.full(
          "/user_id", "a user may have %d endpoints".formatted(properties.mostPerUser()));
    }
  }

  private JdbcClient.StatementSpec bound(
      String sql, String tenant, UUID id, EndpointRequest request) {
    return jdbc.sql(sql)
        .param("tenant", tenant)
        .param("id", id)
        .param("url", request.owned().url())
        .param("description", request.owned().description())
        .param("user", request.owned().userId())
        .param("enabled", request.isEnabled());
  }

  private Optional<Endpoint> find(String tenant, UUID id, String lock) {
    List<Endpoint> found =
        jdbc.sql(FIND + lock)
            .param("tenant", tenant)
            .param("id", id)
            .query((row, _) -> read(row))
            .list();
    return keys.with(tenant, found).stream().findFirst();
  }

  private static Endpoint read(ResultSet row) throws SQLException {
    Instant disabledAt = timeOrNull(row, "disabled_at");
    Instant failingSince = timeOrNull(row, "failing_since");
    return new Endpoint(
        row.getObject("id", UUID.class),
        new Endpoint.Owned(
            row.getString("url"),
            row.getString("description"),
            row.getObject("user_id", UUID.class)),
        time(row, "created_at"),
        time(row, "updated_at"),
        disabledAt == null
            ? null
            : new Endpoint.Disabled(disabledAt, row.getString("disabled_because")),
        failingSince == null
            ? null
            : new Endpoint.Failing(failingSince, row.getString("last_failure")),
        List.of());
  }
}
