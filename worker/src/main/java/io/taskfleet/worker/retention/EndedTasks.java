package io.taskfleet.worker.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tasks in the order of {@code task_listed}: tenant by tenant, from the oldest to the youngest. */
final class EndedTasks implements Walk {
  // A tenant costs about as much as so many tasks.
  private static final int A_TENANT = 10;

  private static final String DUE =
      """
      finished_at < case
          when state in ('succeeded', 'cancelled', 'expired') then (select ended from kept_since)
          when state = 'dead' then (select dead from kept_since) end
      """;

  /**
   * Looks at the next tasks of a tenant, and deletes those that are due and that nobody is at. A
   * task cannot have ended before it was made, so that the youngest are not looked at; one whose
   * publisher's clock was ahead is, later. While dead tasks are redriven none of them is deleted:
   * the redrive may be about to come to it. Arrays, so that each row is found by its id whatever is
   * known of the tables.
   */
  private static final String DELETE =
      """
      with kept_since as materialized (
        select now() - ? * interval '1 millisecond' as ended,
               case when not exists (select from redrive where redrive.state = 'running')
                   then now() - ? * interval '1 millisecond' end as dead),
      looked as materialized (
        select id, created_at, <due> as is_due from task
         where tenant = ? and (created_at, id) > (?, ?)
           and created_at < (select ended from kept_since)
         order by created_at, id limit ?),
      due as materialized (
        select id from task where id = any (array(select id from looked where is_due)) and <due>
           for update skip locked),
      attempts as (
        delete from task_attempt where task_id = any (array(select id from due))),
      mails as (
        delete from email_undecided where task_id = any (array(select id from due))),
      deleted as (
        delete from task where id = any (array(select id from due)) returning state)
      select (select count(*) from looked) as looked,
             (select count(*) from deleted where state <> 'dead') as ended,
             (select count(*) from deleted where state = 'dead') as dead,
             created_at, id
        from looked order by created_at desc, id desc limit 1
      """
          .replace("<due>", DUE);

  private static final String NEXT_TENANT =
      "select tenant from task where tenant > ? order by tenant limit 1";

  private final RetentionProperties keep;

  EndedTasks(RetentionProperties keep) {
    this.keep = keep;
  }

  /** Of one tenant's tasks. */
  private record Portion(int looked, Place last, Deleted deleted) {}

  @Override
  public Step take(Connection connection, Place from, int most) throws SQLException {
    Place place = from;
    Deleted deleted = Deleted.NOTHING;
    int left = most;
    while (left > 0) {
      Portion portion = delete(connection, place, left);
      deleted = deleted.and(portion.deleted);
      place = portion.last;
      if (portion.looked < left) {
        String next = nextTenant(connection, place.tenant());
        if (next == null) {
          return new Step(null, deleted);
        }
        place = Place.before(next);
      }
      left -= portion.looked + A_TENANT;
    }
    return new Step(place, deleted);
  }

  private Portion delete(Connection connection, Place from, int most) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
      delete.setLong(1, keep.ended().toMillis());
      if (keep.dead().isZero()) {
        delete.setNull(2, Types.BIGINT);
      } else {
        delete.setLong(2, keep.dead().toMillis());
      }
      delete.setString(3, from.tenant());
      delete.setObject(4, from.time());
      delete.setObject(5, from.id());
      delete.setInt(6, most);
      try (ResultSet row = delete.executeQuery()) {
        if (!row.next()) {
          return new Portion(0, from, Deleted.NOTHING);
        }
        Place last =
            new Place(
                from.tenant(),
                row.getObject("created_at", OffsetDateTime.class),
                row.getObject("id", UUID.class));
        Deleted deleted = new Deleted(row.getLong("ended"), row.getLong("dead"), 0);
        return new Portion(row.getInt("looked"), last, deleted);
      }
    }
  }

  private static @Nullable String nextTenant(Connection connection, String tenant)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(NEXT_TENANT)) {
      select.setString(1, tenant);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }
}
