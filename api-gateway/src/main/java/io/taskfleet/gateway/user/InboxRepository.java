package io.taskfleet.gateway.user;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** Inboxes in Postgres. */
interface InboxRepository extends Repository<InboxRow, UUID> {
  String COLUMNS = "id, title, message, data::text as data, created_at, read_at";

  String SELECT =
      "select "
          + COLUMNS
          + " from inbox_notification where tenant = :tenant and user_id = :userId"
          + " and (created_at, id) < (:at, :before)";

  String NEWEST = " order by created_at desc, id desc limit :count";

  /** The newest of those before this place. */
  @Query(SELECT + NEWEST)
  List<InboxRow> page(String tenant, UUID userId, Instant at, UUID before, int count);

  @Query(SELECT + " and read_at is null" + NEWEST)
  List<InboxRow> unread(String tenant, UUID userId, Instant at, UUID before, int count);

  /** Marks it read, if it is not yet. */
  @Query(
      "update inbox_notification set read_at = coalesce(read_at, :now)"
          + " where tenant = :tenant and user_id = :userId and id = :id returning "
          + COLUMNS)
  Optional<InboxRow> markRead(String tenant, UUID userId, UUID id, Instant now);
}
