package io.taskfleet.standalone.demo;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What Postgres says. Used by one thread. */
final class TaskTable implements AutoCloseable {
  private final Connection connection;

  private TaskTable(Connection connection) {
    this.connection = connection;
  }

  static TaskTable open(Target target) throws SQLException {
    return new TaskTable(DriverManager.getConnection(target.jdbcUrl()));
  }

  /** A row of the task table. */
  record Row(
      UUID id,
      String state,
      @Nullable String errorCode,
      Instant createdAt,
      @Nullable Instant finishedAt) {

    /** How long it took from acceptance to the end. */
    Duration took() {
      return finishedAt == null ? Duration.ZERO : Duration.between(createdAt, finishedAt);
    }
  }

  /** Those of these tasks that have ended. */
  Map<UUID, Row> ended(Collection<UUID> ids) throws SQLException {
    Map<UUID, Row> rows = HashMap.newHashMap(ids.size());
    Array array = connection.createArrayOf("uuid", ids.toArray());
    try (PreparedStatement query =
        connection.prepareStatement(
            "select id, state, error_code, created_at, finished_at from task"
                + " where id = any (?) and finished_at is not null"
                + " and state in ('succeeded', 'dead', 'cancelled', 'expired')")) {
      query.setArray(1, array);
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          Row row = row(result);
          rows.put(row.id(), row);
        }
      }
    } finally {
      array.free();
    }
    return rows;
  }

  /** What was counted under a name: the events kept, and what the rollups say of them. */
  record Counts(long events, long rolledUp, BigDecimal sum) {}

  /** Counts the analytics events of this name. */
  Counts analytics(String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select (select count(*) from analytics_event where name = ?),"
                + " coalesce(sum(count), 0), coalesce(sum(sum), 0) from analytics_bucket"
                + " where name = ? and step = '1d' and property = ''")) {
      for (int i = 1; i <= 2; i++) {
        query.setString(i, name);
      }
      try (ResultSet result = query.executeQuery()) {
        result.next();
        return new Counts(result.getLong(1), result.getLong(2), result.getBigDecimal(3));
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private static Row row(ResultSet result) throws SQLException {
    Timestamp finished = result.getTimestamp("finished_at");
    return new Row(
        result.getObject("id", UUID.class),
        result.getString("state"),
        result.getString("error_code"),
        result.getTimestamp("created_at").toInstant(),
        finished == null ? null : finished.toInstant());
  }
}
