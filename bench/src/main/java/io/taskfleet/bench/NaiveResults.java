package io.taskfleet.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.UUID;

/** The naive listener's results: a row in a table of its own for each task. */
final class NaiveResults implements Results, AutoCloseable {
  private final Connection database;

  /** Creates the table, unless it is there. */
  NaiveResults(BenchFleet fleet) throws SQLException {
    database = fleet.connect();
    try (Statement statement = database.createStatement()) {
      statement.execute(
          "create table if not exists naive_result (id uuid primary key, payload json not null,"
              + " result json not null, recorded_at timestamptz not null default now())");
    }
  }

  @Override
  public void clear() throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute("truncate naive_result");
      statement.execute("checkpoint");
    }
  }

  @Override
  public boolean hold(Collection<UUID> ids) throws SQLException {
    try (PreparedStatement select =
        database.prepareStatement("select count(*) from naive_result where id = any (?)")) {
      select.setArray(1, database.createArrayOf("uuid", ids.toArray()));
      return one(select) == ids.size();
    }
  }

  @Override
  public long count() throws SQLException {
    try (PreparedStatement select =
        database.prepareStatement("select count(*) from naive_result")) {
      return one(select);
    }
  }

  private static long one(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }
}
