package io.taskfleet.gateway.listing;

import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.Position;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.postgres.RowTimes;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.status.TaskRows;
import io.taskfleet.gateway.status.TaskView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Tasks in Postgres, a page at a time. */
final class TaskPages {
  // Bodies are for who asks for one task: two hundred of them may be as many megabytes.
  private static final String COLUMNS =
      TaskRows.COLUMNS.replace("payload,", "null as payload,").replace("result", "null as result");

  /** Postgres would rather sort a whole range than look at the begin of it in order. */
  static final String IN_ORDER = "set local enable_sort = off";

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Turns turns;
  private final int look;

  /**
   * Pages.
   *
   * @param look how many tasks are looked at for one page
   */
  TaskPages(JdbcClient jdbc, TransactionOperations transactions, Turns turns, int look) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.turns = turns;
    this.look = look;
  }

  Slice<TaskView> page(String tenant, TaskFilter filter, PageRequest<Position> page) {
    Selection selection = new Selection(tenant, filter, page.after().orElse(null));
    return turns.ask(transactions, () -> find(selection, page));
  }

  private Slice<TaskView> find(Selection selection, PageRequest<Position> page) {
    jdbc.sql(IN_ORDER).update();
    List<TaskView> found = first(selection, page.limit());
    if (found.size() < page.limit()) {
      return endOfLook(selection)
          .map(end -> page.endingAt(found, end))
          .orElseGet(() -> new Slice<>(found, null));
    }
    return page.slice(found, task -> new Position(task.createdAt(), task.id()));
  }

  private List<TaskView> first(Selection selection, int atMost) {
    Selection.Statement first = selection.first(COLUMNS, atMost, look);
    return jdbc.sql(first.sql())
        .params(first.values())
        .query((row, number) -> TaskView.of(TaskRows.read(row)))
        .list();
  }

  private Optional<Position> endOfLook(Selection selection) {
    if (!selection.drops()) {
      return Optional.empty();
    }
    Selection.Statement end = selection.endOf(look);
    return jdbc.sql(end.sql())
        .params(end.values())
        .query((row, number) -> position(row))
        .optional();
  }

  private static Position position(ResultSet row) throws SQLException {
    return new Position(RowTimes.time(row, "created_at"), row.getObject("id", UUID.class));
  }
}
