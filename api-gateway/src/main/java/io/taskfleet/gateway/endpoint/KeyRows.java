package io.taskfleet.gateway.endpoint;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The keys of endpoints in Postgres, for whoever has the endpoint's row. */
final class KeyRows {
  /** While a rotation overlaps the next one, and a few more. */
  private static final int MOST = 5;

  private static final String KEYS =
      """
      select endpoint_id, id, created_at, expires_at from webhook_signing_key
       where tenant = :tenant and endpoint_id = any(:ids::uuid[])
         and (expires_at is null or expires_at > now())
       order by created_at desc, id desc
      """;

  private static final String EXPIRE =
      """
      update webhook_signing_key
         set expires_at = least(expires_at, now() + :overlap * interval '1 millisecond')
       where tenant = :tenant and endpoint_id = :id
      """;

  private static final String FORGET =
      """
      delete from webhook_signing_key
       where tenant = :tenant and endpoint_id = :id and expires_at <= now()
      """;

  private static final String ADD =
      """
      insert into webhook_signing_key (tenant, endpoint_id, id, sealed, sealed_with, created_at)
      values (:tenant, :id, :key, :sealed, :sealed_with, now())
      """;

  private final JdbcClient jdbc;

  KeyRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(String tenant, UUID endpoint, SigningKeys.New key) {
    jdbc.sql(ADD)
        .param("tenant", tenant)
        .param("id", endpoint)
        .param("key", key.id())
        .param("sealed", key.sealed().bytes())
        .param("sealed_with", key.sealed().keyId())
        .update();
  }

  /**
   * Adds a key, and lets those before it sign along for so long.
   *
   * @throws ProblemException if too many would
   */
  void replace(String tenant, UUID endpoint, SigningKeys.New key, Duration overlap) {
    jdbc.sql(EXPIRE)
        .param("overlap", overlap.toMillis())
        .param("tenant", tenant)
        .param("id", endpoint)
        .update();
    jdbc.sql(FORGET).param("tenant", tenant).param("id", endpoint).update();
    add(tenant, endpoint, key);
    if (of(tenant, List.of(endpoint)).getOrDefault(endpoint, List.of()).size() > MOST) {
      throw ProblemException.of(
          ProblemType.CONFLICT,
          "%d keys sign already; wait until one expires, or let them overlap less".formatted(MOST));
    }
  }

  /** These endpoints with those of their keys that sign now, newest first. */
  List<Endpoint> with(String tenant, List<Endpoint> endpoints) {
    Map<UUID, List<Endpoint.Key>> keys = of(tenant, endpoints.stream().map(Endpoint::id).toList());
    return endpoints.stream()
        .map(each -> each.with(keys.getOrDefault(each.id(), List.of())))
        .toList();
  }

  private Map<UUID, List<Endpoint.Key>> of(String tenant, List<UUID> endpoints) {
    Map<UUID, List<Endpoint.Key>> keys = new HashMap<>();
    jdbc.sql(KEYS)
        .param("tenant", tenant)
        .param("ids", endpoints.toArray(UUID[]::new))
        .query(
            row -> {
              keys.computeIfAbsent(row.getObject("endpoint_id", UUID.class), _ -> new ArrayList<>())
                  .add(
                      new Endpoint.Key(
                          row.getObject("id", UUID.class),
                          Objects.requireNonNull(
                              instant(row.getObject("created_at", OffsetDateTime.class))),
                          instant(row.getObject("expires_at", OffsetDateTime.class))));
            });
    return keys;
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
