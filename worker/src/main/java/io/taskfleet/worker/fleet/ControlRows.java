package io.taskfleet.worker.fleet;

import io.taskfleet.worker.dependency.DependencyControl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows behind {@link Controls}, read in one round trip. */
final class ControlRows {
  /**
   * Cancellations told at once, of tasks and of batches; of older tasks the ledger refuses the
   * results anyway.
   */
  private static final int CANCELLED = 10_000;

  private static final double SECOND = 1e9;

  private static final String SELECT =
      """
      select clock_timestamp();
      select type, scope, paused, concurrency, max_concurrent, weight
        from queue_control where type = any (?) order by type, scope;
      select name, forced, max_concurrent, per_second from dependency_control order by name;
      select id from task
       where state = 'cancelled' and finished_at > now() - make_interval(secs => ?)
       order by finished_at desc limit %d;
      select id from batch
       where cancelled_at is not null and finished_at is null
       order by cancelled_at desc limit %d
      """
          .formatted(CANCELLED, CANCELLED);

  private ControlRows() {}

  /**
   * What the tables say.
   *
   * @param time when they said it, by Postgres' clock
   */
  record Found(
      Instant time,
      Map<String, QueueControl> queues,
      Map<String, DependencyControl> dependencies,
      Set<UUID> cancelled,
      Set<UUID> cancelledBatches) {}

  /**
   * Asks.
   *
   * @param types the only ones that matter here
   * @param since how far cancellations are looked back for
   */
  static Found read(Connection connection, Collection<String> types, Duration since)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT)) {
      select.setArray(1, connection.createArrayOf("text", types.toArray()));
      select.setDouble(2, since.toNanos() / SECOND);
      select.execute();
      Instant time = time(select);
      select.getMoreResults();
      Map<String, QueueControl> queues = queues(select);
      select.getMoreResults();
      Map<String, DependencyControl> dependencies = dependencies(select);
      select.getMoreResults();
      Set<UUID> cancelled = ids(select);
      select.getMoreResults();
      return new Found(time, queues, dependencies, cancelled, ids(select));
    }
  }

  private static Instant time(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.getResultSet()) {
      row.next();
      return row.getTimestamp(1).toInstant();
    }
  }

  private static Map<String, QueueControl> queues(PreparedStatement select) throws SQLException {
    Map<String, Draft> drafts = new HashMap<>();
    try (ResultSet row = select.getResultSet()) {
      while (row.next()) {
        String type = row.getString("type");
        drafts.computeIfAbsent(type, Draft::new).add(row);
      }
    }
    Map<String, QueueControl> queues = new HashMap<>();
    drafts.forEach((type, draft) -> queues.put(type, draft.control()));
    return Map.copyOf(queues);
  }

  private static Map<String, DependencyControl> dependencies(PreparedStatement select)
      throws SQLException {
    Map<String, DependencyControl> controls = new HashMap<>();
    try (ResultSet row = select.getResultSet()) {
      while (row.next()) {
        String forced = row.getString("forced");
        controls.put(
            row.getString("name"),
            new DependencyControl(
                forced == null
                    ? null
                    : DependencyControl.Forced.valueOf(forced.toUpperCase(Locale.ROOT)),
                row.getObject("max_concurrent", Integer.class),
                row.getObject("per_second", Integer.class)));
      }
    }
    return Map.copyOf(controls);
  }

  private static Set<UUID> ids(PreparedStatement select) throws SQLException {
    Set<UUID> ids = new HashSet<>();
    try (ResultSet row = select.getResultSet()) {
      while (row.next()) {
        ids.add(row.getObject("id", UUID.class));
      }
    }
    return ids;
  }

  /** The rows of one type, until all have been seen. */
  private static final class Draft {
    private final String type;
    private boolean paused;
    private @Nullable Integer concurrency;
    private final Map<String, Integer> weights = new HashMap<>();
    private final Set<String> pausedTenants = new HashSet<>();
    private final List<String> pausedKeys = new ArrayList<>();
    private final List<Cap> caps = new ArrayList<>();

    Draft(String type) {
      this.type = type;
    }

    void add(ResultSet row) throws SQLException {
      Cap.Scope scope = Cap.Scope.of(row.getString("scope"));
      boolean held = row.getBoolean("paused");
      switch (scope) {
        case Cap.Scope.WholeType _ -> {
          paused = held;
          concurrency = row.getObject("concurrency", Integer.class);
        }
        case Cap.Scope.Tenant(String name) -> {
          Integer weight = row.getObject("weight", Integer.class);
          if (weight != null) {
            weights.put(name, weight);
          }
          if (held) {
            pausedTenants.add(name);
          }
        }
        case Cap.Scope.Keys(String prefix) -> {
          if (held) {
            pausedKeys.add(prefix);
          }
        }
      }
      Integer limit = row.getObject("max_concurrent", Integer.class);
      if (limit != null) {
        caps.add(new Cap(new Cap.Id(type, scope), limit));
      }
    }

    QueueControl control() {
      return new QueueControl(paused, concurrency, weights, pausedTenants, pausedKeys, caps);
    }
  }
}
