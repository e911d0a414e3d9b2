package io.taskfleet.gateway.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.gateway.postgres.RowTimes;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.RawJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Inboxes in Postgres, as clients take from them. */
final class InboxRows {
  private static final String COLUMNS = "id, title, message, data::text as data, created_at";

  /** By the index of those that wait, and by key. */
  private static final String FIND =
      """
      select * from (
        (select %1$s from inbox_notification
          where tenant = :tenant and user_id = :user and delivered_at is null and read_at is null
            and id <> all (:known)
          order by created_at, id limit :count)
        union
        (select %1$s from inbox_notification
          where tenant = :tenant and user_id = :user and id = any (:told) and id <> all (:known)
            and (delivered_at is null or delivered_at >= :since)))
       as found order by created_at, id limit :count
      """
          .formatted(COLUMNS);

  private static final String DELIVERED =
      """
      update inbox_notification set delivered_at = coalesce(delivered_at, now())
       where tenant = :tenant and user_id = :user and id = :id
      """;

  private static final String WAITING =
      """
      select person.tenant, person.user_id from unnest(:tenants::text[], :users::uuid[])
          as person (tenant, user_id)
       where exists (select from inbox_notification as waiting
                      where waiting.tenant = person.tenant and waiting.user_id = person.user_id
                        and waiting.delivered_at is null and waiting.read_at is null)
      """;

  private final JdbcClient jdbc;
  private final Turns turns;

  InboxRows(JdbcClient jdbc, Turns turns) {
    this.jdbc = jdbc;
    this.turns = turns;
  }

  /**
   * Postgres' time.
   *
   * @throws ProblemException if it does not answer
   */
  OffsetDateTime now() {
    return turns.ask(
        () ->
            jdbc.sql("select now()")
                .query((row, number) -> row.getObject(1, OffsetDateTime.class))
                .single());
  }

  /**
   * Which notifications a client is to be sent.
   *
   * @param told Redis told of these
   * @param known not these
   * @param since it is there since this time of Postgres
   */
  record Wanted(Collection<UUID> told, Collection<UUID> known, OffsetDateTime since) {}

  /**
   * The oldest of the user's notifications that wait, and of those Redis told of, which another of
   * its clients may have had meanwhile.
   *
   * @throws ProblemException if Postgres does not answer
   */
  List<ServerFrame.Notification> find(String tenant, UUID user, Wanted wanted, int count) {
    return turns.ask(
        () ->
            jdbc.sql(FIND)
                .param("tenant", tenant)
                .param("user", user)
                .param("told", wanted.told().toArray(UUID[]::new))
                .param("known", wanted.known().toArray(UUID[]::new))
                .param("since", wanted.since())
                .param("count", count)
                .query((row, number) -> read(row))
                .list());
  }

  private static ServerFrame.Notification read(ResultSet row) throws SQLException {
    String data = row.getString("data");
    return new ServerFrame.Notification(
        row.getObject("id", UUID.class),
        row.getString("title"),
        row.getString("message"),
        data == null ? null : new RawJson(data.getBytes(UTF_8)),
        RowTimes.time(row, "created_at"));
  }

  /**
   * Notes that the user has the notification; again is harmless.
   *
   * @return false if the user has no such notification
   * @throws ProblemException if Postgres does not answer
   */
  boolean setDelivered(String tenant, UUID user, UUID id) {
    return turns.ask(
            () ->
                jdbc.sql(DELIVERED)
                    .param("tenant", tenant)
                    .param("user", user)
                    .param("id", id)
                    .update())
        > 0;
  }

  /**
   * Those of these users for whom something waits.
   *
   * @param people whose names are ids
   * @throws ProblemException if Postgres does not answer
   */
  List<Person> waiting(Collection<Person> people) {
    String[] tenants = people.stream().map(Person::tenant).toArray(String[]::new);
    UUID[] users = people.stream().flatMap(each -> each.id().stream()).toArray(UUID[]::new);
    return turns.ask(
        () ->
            jdbc.sql(WAITING)
                .param("tenants", tenants)
                .param("users", users)
                .query((row, number) -> new Person(row.getString(1), row.getString(2)))
                .list());
  }
}
