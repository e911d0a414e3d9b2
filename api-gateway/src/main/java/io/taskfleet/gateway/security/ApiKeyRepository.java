package io.taskfleet.gateway.security;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** The table of keys. */
interface ApiKeyRepository extends Repository<ApiKey, UUID> {

  // Spelled out, because Spring Data takes bytes in a derived query for a collection.
  @Query(
      """
      select id, tenant, name, hash, scopes, created_at, expires_at, revoked_at, rate_per_minute
        from api_key
       where hash = :hash
      """)
  Optional<ApiKey> findByHash(byte[] hash);

  List<ApiKey> findByIdIn(Collection<UUID> ids);

  /** The ids of the keys of all tenants that have ended since then. */
  @Query(
      """
      select id from api_key
       where revoked_at > :since or expires_at > :since and expires_at <= :now
      """)
  Set<UUID> findEnded(Instant since, Instant now);

  /** The tenant's key of this id, held until the end of the transaction. */
  @Query(
      """
      select id, tenant, name, hash, scopes, created_at, expires_at, revoked_at, rate_per_minute
        from api_key
       where tenant = :tenant and id = :id
         for update
      """)
  Optional<ApiKey> lock(String tenant, UUID id);

  @Query(
      """
      select id, tenant, name, hash, scopes, created_at, expires_at, revoked_at, rate_per_minute
        from api_key
       where tenant = :tenant
       order by created_at desc, id desc
       limit :most
      """)
  List<ApiKey> findNewest(String tenant, int most);

  boolean existsBy();
}
