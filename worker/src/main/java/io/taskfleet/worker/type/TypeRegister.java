package io.taskfleet.worker.type;

import io.taskfleet.handler.TaskType;
import io.taskfleet.wire.StrictJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** The table {@code task_type}, from which gateways learn of types that are not built in. */
public final class TypeRegister {
  /** Whoever starts last is right: that is how a new version of a type gets in. */
  private static final String PUT =
      """
      insert into task_type (name, payload_schema, settings, worker, registered_at)
      values (?, ?::json, ?::json, ?, now())
      on conflict (name) do update set payload_schema = excluded.payload_schema,
        settings = excluded.settings, worker = excluded.worker,
        registered_at = excluded.registered_at
      """;

  private final DataSource database;
  private final String worker;
  private final List<Row> rows;

  /**
   * A type as its worker runs it.
   *
   * @param settings written as JSON, for people to read
   */
  public record Registered(TaskType<?> type, Object settings) {}

  private record Row(String name, String schema, String settings) {
    static Row of(Registered registered) {
      return new Row(
          registered.type.name(),
          PayloadSchema.of(registered.type).toString(),
          StrictJson.mapper().writeValueAsString(registered.settings));
    }
  }

  /** The table in this database, and what this worker has to say there. */
  public TypeRegister(DataSource database, String worker, List<Registered> types) {
    this.database = database;
    this.worker = worker;
    this.rows = types.stream().map(Row::of).toList();
  }

  /**
   * Tells of the types.
   *
   * @throws SQLException if Postgres is not there to be told
   */
  public void put() throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (Connection connection = database.getConnection();
        PreparedStatement put = connection.prepareStatement(PUT)) {
      for (Row each : rows) {
        put.setString(1, each.name);
        put.setString(2, each.schema);
        put.setString(3, each.settings);
        put.setString(4, worker);
        put.addBatch();
      }
      put.executeBatch();
    }
  }
}
