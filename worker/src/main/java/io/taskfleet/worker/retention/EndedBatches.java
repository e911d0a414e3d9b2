package io.taskfleet.worker.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** Batches by id. One is kept as long as any of its tasks: a redrive opens it again. */
final class EndedBatches implements Walk {

  /** The limit makes sure that Postgres looks for the tasks of each batch by themselves. */
  private static final String DELETE =
      """
      with looked as materialized (
        select id, finished_at < now() - ? * interval '1 millisecond'
                   and (select id from task where batch_id = batch.id limit 1) is null as is_due
          from batch where id > ? order by id limit ?),
      due as materialized (
        select id from batch
         where id = any (array(select id from looked where is_due))
           and finished_at < now() - ? * interval '1 millisecond'
           for update skip locked),
      deleted as (
        delete from batch where id = any (array(select id from due)) returning id)
      select (select count(*) from looked) as looked, (select count(*) from deleted) as deleted, id
        from looked order by id desc limit 1
      """;

  private final RetentionProperties keep;

  EndedBatches(RetentionProperties keep) {
    this.keep = keep;
  }

  @Override
  public Step take(Connection connection, Place from, int most) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
      delete.setLong(1, keep.ended().toMillis());
      delete.setObject(2, from.id());
      delete.setInt(3, most);
      delete.setLong(4, keep.ended().toMillis());
      try (ResultSet row = delete.executeQuery()) {
        if (!row.next()) {
          return new Step(null, Deleted.NOTHING);
        }
        boolean isEnd = row.getInt("looked") < most;
        Place last = new Place(from.tenant(), from.time(), row.getObject("id", UUID.class));
        return new Step(isEnd ? null : last, new Deleted(0, 0, row.getLong("deleted")));
      }
    }
  }
}
