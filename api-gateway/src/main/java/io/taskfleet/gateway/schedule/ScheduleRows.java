package io.taskfleet.gateway.schedule;

import io.taskfleet.gateway.paging.PageRequest;
import io.taskfleet.gateway.paging.Slice;
import io.taskfleet.gateway.postgres.RowTimes;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Schedules in Postgres. Its clock says what has passed: the workers, who fire them, go by it too.
 */
final class ScheduleRows {
  /** Beyond this a page ends, however few it holds. */
  private static final long PAGE_BYTES = 2 << 20;

  private static final String PLACE =
      "select now() as asked_at, count(*) as taken from schedule where tenant = :tenant";

  private static final String INSERT =
      "insert into schedule (%s) values (%s) on conflict (tenant, name) do nothing"
          .formatted(ScheduleRow.names(), ScheduleRow.parameters());

  private static final String UPDATE =
      "update schedule set %s where tenant = :tenant and id = :id"
          .formatted(ScheduleRow.assignments());

  private static final String FIND =
      "select *, now() as asked_at from schedule where tenant = :tenant and name = :name";

  private static final String PAGE =
      """
      select *
        from (select *, count(*) over () as found,
                     sum(octet_length(payload::text)) over (order by name) as bytes
                from (select * from schedule where tenant = :tenant and name > :after
                       order by name limit :limit) as candidate) as measured
       where bytes - octet_length(payload::text) < :bytes
       order by name
      """;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final ScheduleProperties properties;
  private final Turns turns;

  ScheduleRows(JdbcClient jdbc, TransactionOperations transactions, ScheduleProperties properties) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.properties = properties;
    this.turns =
        new Turns(
            properties.queriesAtOnce(),
            properties.patience(),
            "schedules cannot be reached at the moment");
  }

  /** The time, and how many schedules there are already. */
  private record Place(Instant now, int taken) {}

  /**
   * Stores a new schedule. Requests that come together may exceed the bound by one another.
   *
   * @param made what it is when the database's time is this
   * @throws ProblemException if the name or all places are taken, or Postgres is away
   */
  Schedule insert(String tenant, Function<Instant, Schedule> made) {
    return turns.ask(
        transactions,
        () -> {
          Place place =
              jdbc.sql(PLACE)
                  .param("tenant", tenant)
                  .query((row, _) -> new Place(RowTimes.time(row, "asked_at"), row.getInt("taken")))
                  .single();
          if (place.taken >= properties.mostPerTenant()) {
            throw full();
          }
          Schedule schedule = made.apply(place.now);
          if (jdbc.sql(INSERT).params(ScheduleRow.values(schedule)).update() == 0) {
            throw ProblemException.of(
                ProblemType.CONFLICT, "there is a schedule of this name already");
          }
          return schedule;
        });
  }

  private ProblemException full() {
    return ProblemException.full(
        "", "there may be %d schedules".formatted(properties.mostPerTenant()));
  }

  /**
   * Changes a schedule, if there is one of this name.
   *
   * @param change what becomes of it when the database's time is this
   * @throws ProblemException if Postgres is away, and what the change throws
   */
  Optional<Schedule> update(
      String tenant, String name, BiFunction<Schedule, Instant, Schedule> change) {
    return turns.ask(
        transactions,
        () ->
            jdbc.sql(FIND + " for update")
                .param("tenant", tenant)
                .param("name", name)
                .query(
                    (row, _) -> change.apply(ScheduleRow.read(row), RowTimes.time(row, "asked_at")))
                .optional()
                .map(
                    changed -> {
                      jdbc.sql(UPDATE).params(ScheduleRow.values(changed)).update();
                      return changed;
                    }));
  }

  /**
   * The tenant's schedule of this name.
   *
   * @throws ProblemException if Postgres is away
   */
  Optional<Schedule> find(String tenant, String name) {
    return turns.ask(
        () ->
            jdbc.sql(FIND)
                .param("tenant", tenant)
                .param("name", name)
                .query((row, _) -> ScheduleRow.read(row))
                .optional());
  }

  /**
   * A page of the tenant's schedules, in the order of their names; large ones end it early.
   *
   * @throws ProblemException if Postgres is away
   */
  Slice<Schedule> page(String tenant, PageRequest<String> page) {
    record Found(Schedule schedule, int candidates) {}
    List<Found> found =
        turns.ask(
            () ->
                jdbc.sql(PAGE)
                    .param("tenant", tenant)
                    .param("after", page.after().orElse(""))
                    .param("limit", page.limit())
                    .param("bytes", PAGE_BYTES)
                    .query((row, _) -> new Found(ScheduleRow.read(row), row.getInt("found")))
                    .list());
    List<Schedule> schedules = found.stream().map(Found::schedule).toList();
    return !found.isEmpty() && found.size() < found.getFirst().candidates
        ? page.endingAt(schedules, schedules.getLast().definition().name())
        : page.slice(schedules, schedule -> schedule.definition().name());
  }

  /**
   * Removes the tenant's schedule of this name; answers whether there was one.
   *
   * @throws ProblemException if Postgres is away
   */
  boolean delete(String tenant, String name) {
    return turns.ask(
        () ->
            jdbc.sql("delete from schedule where tenant = :tenant and name = :name")
                    .param("tenant", tenant)
                    .param("name", name)
                    .update()
                > 0);
  }

  /**
   * Removes all of the tenant's; answers how many there were.
   *
   * @throws ProblemException if Postgres is away
   */
  int deleteAll(String tenant) {
    return turns.ask(
        () ->
            jdbc.sql("delete from schedule where tenant = :tenant")
                .param("tenant", tenant)
                .update());
  }
}
