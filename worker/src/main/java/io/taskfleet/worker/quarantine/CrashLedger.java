package io.taskfleet.worker.quarantine;

import static io.taskfleet.worker.postgres.Unnest.Type.INT;
import static io.taskfleet.worker.postgres.Unnest.Type.LONG;
import static io.taskfleet.worker.postgres.Unnest.Type.TEXT;

import io.taskfleet.worker.postgres.Unnest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How often attempts at a record began and nobody lived to say that they ended. It outlives workers
 * but need not outlive Postgres, so its commits do not wait for the disk. Thread-safe.
 */
public final class CrashLedger {
  private static final String HURRY = "set local synchronous_commit = off";

  private record Started(int place, ConsumerRecord<?, ?> record) {}

  private static final Unnest<Started> ROWS =
      Unnest.<Started>by("place", INT, Started::place)
          .with("topic", TEXT, row -> row.record.topic())
          .with("partition", INT, row -> row.record.partition())
          .with("record_offset", LONG, row -> row.record.offset());

  /** Sorted, because two workers may count the same records after a rebalance. */
  private static final String BEGIN =
      """
      with new as (%s),
      counted as (
        insert into crash_suspect as known (topic, partition, record_offset, started)
        select topic, partition, record_offset, 1 from new order by 1, 2, 3
        on conflict (topic, partition, record_offset) do update set
            started = known.started + 1, started_at = now()
        returning topic, partition, record_offset, started)
      select started from new join counted using (topic, partition, record_offset) order by place
      """;

  private static final String END =
      """
      delete from crash_suspect using (%s) as ended
       where crash_suspect.topic = ended.topic and crash_suspect.partition = ended.partition
         and crash_suspect.record_offset = ended.record_offset
      """;

  /** Rows of records that no worker ever took again. */
  private static final String FORGET =
      "delete from crash_suspect where started_at < now() - interval '1 day'";

  private static final long FORGET_EVERY = TimeUnit.HOURS.toNanos(1);

  private static final String TAKE_BACK =
      """
      update crash_suspect set started = started - 1 from (%s) as new
       where crash_suspect.topic = new.topic and crash_suspect.partition = new.partition
         and crash_suspect.record_offset = new.record_offset
      """;

  private final DataSource database;
  private final AtomicLong forgotten = new AtomicLong(System.nanoTime() - FORGET_EVERY);

  /** Starts counted in this database. */
  public CrashLedger(DataSource database) {
    this.database = database;
  }

  /**
   * Counts a start of each record, and answers how often each has been started without an end.
   *
   * @throws SQLException if Postgres cannot count; nothing is counted then
   */
  public List<Integer> begin(List<? extends ConsumerRecord<?, ?>> records) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement hurry = connection.prepareStatement(HURRY);
          PreparedStatement count = ROWS.prepare(connection, BEGIN, started(records))) {
        hurry.execute();
        List<Integer> starts = new ArrayList<>(records.size());
        try (ResultSet row = count.executeQuery()) {
          while (row.next()) {
            starts.add(row.getInt(1));
          }
        }
        connection.commit();
        return starts;
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /**
   * Counts one start less of records that were not started after all.
   *
   * @throws SQLException if Postgres cannot be reached
   */
  public void takeBack(List<? extends ConsumerRecord<?, ?>> records) throws SQLException {
    write(TAKE_BACK, records);
  }

  /**
   * Forgets the starts of records whose attempts have ended.
   *
   * @throws SQLException if Postgres cannot be reached
   */
  public void end(List<? extends ConsumerRecord<?, ?>> records) throws SQLException {
    write(END, records);
    long now = System.nanoTime();
    long last = forgotten.get();
    if (now - last >= FORGET_EVERY && forgotten.compareAndSet(last, now)) {
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate(FORGET);
      }
    }
  }

  private void write(String sql, List<? extends ConsumerRecord<?, ?>> records) throws SQLException {
    if (records.isEmpty()) {
      return;
    }
    try (Connection connection = database.getConnection();
        PreparedStatement statement = ROWS.prepare(connection, sql, started(records))) {
      statement.executeUpdate();
    }
  }

  private static List<Started> started(List<? extends ConsumerRecord<?, ?>> records) {
    List<Started> started = new ArrayList<>(records.size());
    for (ConsumerRecord<?, ?> record : records) {
      started.add(new Started(started.size(), record));
    }
    return started;
  }
}
