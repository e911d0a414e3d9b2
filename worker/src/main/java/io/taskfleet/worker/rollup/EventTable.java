package io.taskfleet.worker.rollup;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The events that are not in the rollups yet. */
final class EventTable {
  private static final int ADOPTED_AT_ONCE = 5_000;

  /** Rows in memory, of which only bounded parts are read. */
  private static final int FETCH = 1_000;

  /** Of events that workers without batches store, or had stored when batches came. */
  private static final String ADOPT =
      """
      with orphans as (select id from analytics_event where batch is null
                        limit %d for update skip locked),
      adopted as (insert into analytics_pending (events)
                  select count(*) from orphans having count(*) > 0 returning batch)
      update analytics_event set batch = adopted.batch from orphans, adopted
       where analytics_event.id = orphans.id
      """
          .formatted(ADOPTED_AT_ONCE);

  private static final String TAKE =
      """
      delete from analytics_pending where batch = any (array(
        select batch
          from (select batch, sum(events) over (order by batch) - events as before
                  from (select batch, events from analytics_pending
                         order by batch limit 1000) as oldest) as counted
         where before < ?))
      returning batch, events
      """;

  private static final String READ =
      """
      select tenant, name, at, value, user_id, %s
        from analytics_event as event %s where batch = any (?)
      """;

  /**
   * Scalars only. Properties are json, which holds what Postgres cannot take apart, such as a NUL;
   * the offset keeps them from being parsed for each of the keys.
   */
  private static final String GROUPS =
      """
      (select array_agg(
          case when jsonb_typeof(properties.document -> key) in ('string', 'number', 'boolean')
               then nullif(left(properties.document ->> key, %d), '') end order by place)
         from unnest(?::text[]) with ordinality as chosen (key, place))
      """
          .formatted(Event.LONGEST_VALUE);

  private static final String PARSED =
      """
      cross join lateral (
        select case when event.properties is not null
                     and pg_input_is_valid(event.properties::text, 'jsonb')
                    then event.properties::jsonb end as document offset 0) as properties
      """;

  private final RollupProperties properties;
  private final List<String> chosen;
  private final String read;

  EventTable(RollupProperties properties) {
    this.properties = properties;
    this.chosen = properties.properties();
    this.read = chosen.isEmpty() ? READ.formatted("null", "") : READ.formatted(GROUPS, PARSED);
  }

  /**
   * Batches that are ours now.
   *
   * @param isAll whether there are no others
   */
  record Taken(List<Long> batches, boolean isAll) {}

  /** Takes about so many events, the oldest ones first. */
  Taken take(Connection connection, int events) throws SQLException {
    boolean isAll = adopt(connection) < ADOPTED_AT_ONCE;
    List<Long> batches = new ArrayList<>();
    long taken = 0;
    try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
      statement.setInt(1, events);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          batches.add(rows.getLong("batch"));
          taken += rows.getInt("events");
        }
      }
    }
    return new Taken(batches, isAll && taken < events);
  }

  private static int adopt(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ADOPT)) {
      return statement.executeUpdate();
    }
  }

  /** Tells the events of these batches one after the other. */
  void read(Connection connection, List<Long> batches, Consumer<Event> consumer)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(read)) {
      int at = 1;
      if (!chosen.isEmpty()) {
        statement.setArray(at++, connection.createArrayOf("text", chosen.toArray()));
      }
      statement.setArray(at, connection.createArrayOf("bigint", batches.toArray()));
      statement.setFetchSize(FETCH);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          consumer.accept(event(rows));
        }
      }
    }
  }

  private Event event(ResultSet row) throws SQLException {
    String name = row.getString("name");
    return new Event(
        row.getString("tenant"),
        name,
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getBigDecimal("value"),
        row.getString("user_id"),
        groups(properties.groupBy(name), row.getArray(6)));
  }

  private Map<String, String> groups(List<String> wanted, @Nullable Array values)
      throws SQLException {
    if (wanted.isEmpty() || values == null) {
      return Map.of();
    }
    @Nullable String[] given = (@Nullable String[]) values.getArray();
    Map<String, String> groups = new HashMap<>();
    for (int i = 0; i < given.length; i++) {
      String value = given[i];
      if (value != null && wanted.contains(chosen.get(i))) {
        groups.put(chosen.get(i), value);
      }
    }
    return groups;
  }
}
