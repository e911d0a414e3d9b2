package io.taskfleet.worker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Claims, leases and marks on a real Postgres. */
class DueTasksIT {
  private static final Duration LEASE = Duration.ofMillis(150);
  private static final TimerFixture FLEET =
      new TimerFixture(SharedLocalStack.get(), SharedLocalStack.createDatabase("due"));

  @AfterAll
  static void close() throws Exception {
    FLEET.close();
  }

  @Test
  void claimsInTheOrderOfDueTimeAndThenOfSubmission() throws Exception {
    FLEET.insertDue("order", 50, Duration.ZERO);
    FLEET
        .database
        .sql(
            """
            update task set due_at = now() - interval '1 minute' * (random() * 3)::int,
                created_at = now() - interval '1 second' * (random() * 1000)::int
             where type = 'order'
            """)
        .update();
    List<UUID> expected =
        FLEET
            .database
            .sql("select id from task where type = 'order' order by due_at, created_at, id")
            .query(UUID.class)
            .list();

    List<Claim> claims = claims("order", 50);

    assertThat(claims)
        .isSortedAccordingTo(
            Comparator.comparing(Claim::dueAt).thenComparing(claim -> claim.task().createdAt()))
        .extracting(claim -> claim.task().id())
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void claimsNoMoreThanItsBoundsAndNothingOfTheTypesLeftOut() throws Exception {
    FLEET.insertDue("bounded", 20, Duration.ZERO);

    List<Claim> byCount = claims("bounded", 5);
    List<Claim> byBytes = claims("bounded", 100, 100);
    List<Claim> leftOut =
        new DueTasks(FLEET.dataSource, Duration.ZERO)
            .claim(100, 1 << 20, Priority.HIGH, Set.of("bounded/normal"));

    assertThat(byCount).hasSize(5);
    assertThat(byBytes).hasSize(2);
    assertThat(leftOut).noneMatch(claim -> claim.task().type().equals("bounded"));
    assertThat(claims("bounded", 100)).hasSize(13);
  }

  @Test
  void doesNotWalkThroughABacklogLeftOut() throws Exception {
    FLEET.insertDue("open", 3, Duration.ZERO);
    FLEET.insertDue("open", Priority.BULK, 10_000, Duration.ZERO);
    FLEET.insertDue("backlog", 10_000, Duration.ZERO);
    FLEET
        .database
        .sql(
            "update task set due_at = due_at - interval '1 hour' where type = 'backlog' or priority = 'bulk'")
        .update();
    FLEET.database.sql("analyze task").update();
    Set<String> others = new HashSet<>(backlogsBut("open"));
    others.add("open/bulk");

    List<Claim> claims = new ArrayList<>();
    long read =
        FLEET.rowsRead(
            database ->
                claims.addAll(
                    new DueTasks(database, LEASE).claim(500, 1 << 20, Priority.HIGH, others)));

    assertThat(claims).hasSize(3);
    assertThat(read).isLessThan(100);
    FLEET.database.sql("delete from task where type in ('open', 'backlog')").update();
  }

  @Test
  void findsWhatIsDueAlsoWhereHardlyATaskWaitedWhenPostgresLooked() throws Exception {
    FLEET.insertDue("sudden", 10_000, Duration.ZERO);
    FLEET
        .database
        .sql("update task set state = 'succeeded', due_at = null where type = 'sudden'")
        .update();
    FLEET.database.sql("vacuum analyze task").update();
    FLEET
        .database
        .sql("update task set state = 'retrying', due_at = now() where type = 'sudden'")
        .update();
    Set<String> others = new HashSet<>(backlogsBut("sudden"));

    List<Claim> claims = new ArrayList<>();
    long read =
        FLEET.rowsRead(
            database ->
                claims.addAll(
                    new DueTasks(database, LEASE).claim(100, 1 << 20, Priority.HIGH, others)));

    assertThat(claims).hasSize(100);
    assertThat(read).isLessThan(1_000);
    FLEET.database.sql("delete from task where type = 'sudden'").update();
  }

  @Test
  void aBacklogOfOneTypeDelaysNoOther() throws Exception {
    FLEET.insertDue("many", 2_000, Duration.ZERO);
    FLEET.insertDue("few", 3, Duration.ZERO);
    Set<String> others = new HashSet<>(backlogsBut("many"));
    others.remove("few/normal");

    List<Claim> claims =
        new DueTasks(FLEET.dataSource, LEASE).claim(100, 1 << 20, Priority.HIGH, others);

    assertThat(claims).hasSize(53);
    assertThat(claims).filteredOn(claim -> claim.task().type().equals("few")).hasSize(3);
    FLEET.database.sql("delete from task where type in ('many', 'few')").update();
  }

  @ParameterizedTest
  @EnumSource(Priority.class)
  void claimsWhatIsOfThePriorityThatGoesFirstAndThenTheMostUrgent(Priority first) throws Exception {
    String type = "first-" + first.label();
    FLEET.insertDue(type, Priority.BULK, 5, Duration.ZERO);
    FLEET.insertDue(type, Priority.HIGH, 5, Duration.ZERO);
    FLEET.insertDue(type, Priority.NORMAL, 5, Duration.ZERO);
    List<Priority> order = new ArrayList<>(List.of(Priority.values()));
    order.remove(first);
    order.addFirst(first);

    List<Claim> claims = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      claims.addAll(claims(type, 5 - round, 1 << 20, first));
    }
    claims.addAll(claims(type, 100, 1 << 20, first));

    assertThat(claims)
        .extracting(claim -> claim.task().priority())
        .hasSize(15)
        .isSortedAccordingTo(Comparator.comparingInt(order::indexOf));
    FLEET.database.sql("delete from task where type = ?").param(type).update();
  }

  @Test
  void aRowThatCannotBeReadIsLeftToItsLeaseAndHoldsUpNoOther() throws Exception {
    FLEET.insertDue("garbage", 3, Duration.ZERO);
    FLEET
        .database
        .sql(
            "update task set priority = 'urgent'"
                + " where id = (select id from task where type = 'garbage' order by due_at limit 1)")
        .update();

    assertThat(claims("garbage", 3)).hasSize(2);
    assertThat(claims("garbage", 3)).isEmpty();
    assertThat(
            FLEET.count(
                "select count(*) from task where type = 'garbage' and priority = 'urgent'"
                    + " and due_at > now() and state = 'retrying'"))
        .isEqualTo(1);
  }

  @Test
  void neverTouchesATaskThatHasEnded() throws Exception {
    FLEET.insertDue("ended", 2, Duration.ZERO);
    List<Claim> claims = claims("ended", 1);
    FLEET.database.sql("update task set state = 'cancelled' where type = 'ended'").update();

    new DueTasks(FLEET.dataSource, LEASE).settle(claims, List.of());

    assertThat(claims("ended", 2)).isEmpty();
    assertThat(
            FLEET.count("select count(*) from task where type = 'ended' and state = 'cancelled'"))
        .isEqualTo(2);
  }

  private static List<Claim> claims(String type, int atMost) throws SQLException {
    return claims(type, atMost, 1 << 20);
  }

  private static List<Claim> claims(String type, int atMost, long bytes) throws SQLException {
    return claims(type, atMost, bytes, Priority.HIGH);
  }

  /** A database is shared by all tests here, a type is not. */
  private static List<Claim> claims(String type, int atMost, long bytes, Priority first)
      throws SQLException {
    return new DueTasks(FLEET.dataSource, Duration.ofMinutes(1))
        .claim(atMost, bytes, first, backlogsBut(type));
  }

  private static Set<String> backlogsBut(String type) {
    return Set.copyOf(
        FLEET
            .database
            .sql("select distinct type || '/' || priority from task where type <> ?")
            .param(type)
            .query(String.class)
            .list());
  }
}
