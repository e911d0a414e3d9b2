package io.taskfleet.worker.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rows turned on their side: one array parameter a column, in the statement's order, so that a
 * group of any size is one statement and one round trip.
 */
final class ArrayBinder<R> {
  private final Connection connection;
  private final PreparedStatement statement;
  private final List<R> rows;
  private int parameter;

  ArrayBinder(Connection connection, PreparedStatement statement, int first, List<R> rows) {
    this.connection = connection;
    this.statement = statement;
    this.parameter = first;
    this.rows = rows;
  }

  ArrayBinder<R> column(String type, Function<R, @Nullable Object> value) throws SQLException {
    @Nullable Object[] values =
        type.equals("bytea") ? new byte[rows.size()][] : new Object[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.apply(rows.get(i));
    }
    statement.setArray(parameter++, connection.createArrayOf(type, values));
    return this;
  }

  ArrayBinder<R> times(Function<R, @Nullable Instant> value) throws SQLException {
    return column(
        "timestamptz",
        row -> {
          Instant time = value.apply(row);
          return time == null ? null : time.toString();
        });
  }
}
