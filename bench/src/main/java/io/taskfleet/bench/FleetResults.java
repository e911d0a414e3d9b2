package io.taskfleet.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.wire.RedisKeys;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** The worker's results: a row in Postgres and a status in Redis for each task. */
final class FleetResults implements Results, AutoCloseable {
  private static final String ANY_STATUS = "tf:task:*";
  private static final int SCAN_STEP = 10_000;

  private final Connection database;
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> redis;

  FleetResults(BenchFleet fleet) throws SQLException {
    database = fleet.connect();
    client = RedisClient.create(fleet.stack().redisUri());
    redis = client.connect();
  }

  /** {@inheritDoc} A checkpoint, too, so that no run pays for the one before it. */
  @Override
  public void clear() throws SQLException {
    try (Statement statement = database.createStatement()) {
      // Nobody adds up events meanwhile; in another order the two would wait for each other.
      statement.execute("begin; lock table analytics_kept in exclusive mode");
      statement.execute(
          "truncate task, task_attempt, analytics_event, analytics_pending, analytics_bucket;"
              + " commit");
      statement.execute("checkpoint");
    }
    redis.sync().flushall();
  }

  @Override
  public boolean hold(Collection<UUID> ids) throws SQLException {
    try (PreparedStatement select =
        database.prepareStatement(
            "select count(*) from task where id = any (?) and state = 'succeeded'")) {
      select.setArray(1, database.createArrayOf("uuid", ids.toArray()));
      if (one(select) < ids.size()) {
        return false;
      }
    }
    String[] keys = ids.stream().map(RedisKeys::task).toArray(String[]::new);
    return redis.sync().exists(keys) == keys.length;
  }

  @Override
  public long count() throws SQLException {
    long bad = count("state not in ('succeeded', 'retrying', 'deferred')");
    if (bad > 0) {
      throw new InvalidRunException(bad + " tasks have ended otherwise than they should");
    }
    return Math.min(count("state = 'succeeded'"), statuses());
  }

  /** Whether Postgres has a row for each of these tasks, whatever it says. */
  boolean know(Collection<UUID> ids) throws SQLException {
    try (PreparedStatement select =
        database.prepareStatement("select count(*) from task where id = any (?)")) {
      select.setArray(1, database.createArrayOf("uuid", ids.toArray()));
      return one(select) == ids.size();
    }
  }

  /** The ids in the rows of {@code task} that this condition picks. */
  Set<UUID> ids(String condition) throws SQLException {
    Set<UUID> ids = new HashSet<>();
    try (PreparedStatement select =
            database.prepareStatement("select id from task where " + condition);
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        ids.add(row.getObject(1, UUID.class));
      }
    }
    return ids;
  }

  /** How many rows of {@code task} this condition picks. */
  long count(String condition) throws SQLException {
    try (PreparedStatement select =
        database.prepareStatement("select count(*) from task where " + condition)) {
      return one(select);
    }
  }

  Connection database() {
    return database;
  }

  // Not the size of the database, in which the fleet keeps other things as well.
  private long statuses() {
    ScanIterator<String> keys =
        ScanIterator.scan(redis.sync(), ScanArgs.Builder.matches(ANY_STATUS).limit(SCAN_STEP));
    return keys.stream().distinct().count();
  }

  private static long one(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    redis.close();
    client.shutdown();
    database.close();
  }
}
