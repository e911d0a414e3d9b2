package io.taskfleet.gateway.user;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** Users in Postgres, to be read. */
interface UserRepository extends Repository<UserRow, UUID> {
  String SELECT =
      """
      select u.id, u.tenant, u.email, p.name, p.locale, p.zone, u.status, u.created_at, u.updated_at
        from app_user u join user_profile p on p.tenant = u.tenant and p.user_id = u.id
       where u.tenant = :tenant
      """;

  String PAGE =
      """
       and (u.created_at, u.id) < (:at, :before)
       order by u.created_at desc, u.id desc limit :count
      """;

  @Query(SELECT + " and u.id = :id")
  Optional<UserRow> find(String tenant, UUID id);

  /** The same, and nobody changes the user until the transaction ends. */
  @Query(SELECT + " and u.id = :id for update of u")
  Optional<UserRow> lock(String tenant, UUID id);

  /** The newest of those before this place. */
  @Query(SELECT + PAGE)
  List<UserRow> page(String tenant, Instant at, UUID before, int count);

  @Query(SELECT + " and u.status = :status" + PAGE)
  List<UserRow> page(String tenant, String status, Instant at, UUID before, int count);

  @Query("select exists(select from app_user where tenant = :tenant and id = :id)")
  boolean exists(String tenant, UUID id);

  /** Of a user that exists; none and no user look the same. */
  @Query(
      """
      select permission from user_permission
       where tenant = :tenant and user_id = :id order by permission
      """)
  List<String> permissions(String tenant, UUID id);
}
