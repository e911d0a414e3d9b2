package io.taskfleet.bench;

import java.sql.SQLException;
import java.util.Collection;
import java.util.UUID;

/** Where the results of a backlog are looked for. For one thread. */
sealed interface Results permits FleetResults, NaiveResults {

  /** Forgets all results; nobody may be writing any. */
  void clear() throws SQLException;

  /** Whether these tasks have succeeded; cheap enough to be asked all the time. */
  boolean hold(Collection<UUID> ids) throws SQLException;

  /**
   * How many tasks have succeeded, in every place that should know. Reads all rows.
   *
   * @throws InvalidRunException when one has ended otherwise
   */
  long count() throws SQLException;
}
