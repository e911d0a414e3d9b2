package io.taskfleet.gateway.type;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code task_type}. */
final class TypeRows implements TypeCatalog.Source {
  // One that reads no more than this has a fleet of its own kind.
  private static final int MOST = 1_000;

  private final JdbcClient jdbc;

  TypeRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public List<OwnType.Told> read() {
    return jdbc.sql("select name, payload_schema, settings from task_type order by name limit ?")
        .param(MOST)
        .query(
            (row, number) ->
                new OwnType.Told(
                    row.getString("name"),
                    row.getString("payload_schema"),
                    row.getString("settings")))
        .list();
  }
}
