package io.taskfleet.worker.recipient;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Task;
import io.taskfleet.worker.Groundwork;
import io.taskfleet.worker.notification.Channel;
import io.taskfleet.worker.notification.Digests;
import io.taskfleet.worker.notification.QuietHours;
import io.taskfleet.worker.postgres.Questions;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What many workers ask Postgres at once. */
class RecipientTablesIT {
  private static final String TENANT = Task.DEFAULT_TENANT;
  private static final Duration HOUR = Duration.ofHours(1);

  private static HikariDataSource source;
  private static JdbcClient database;

  private final UUID user = UUID.randomUUID();

  @BeforeAll
  static void createTables() {
    LocalStack stack = SharedLocalStack.get();
    source = new HikariDataSource();
    source.setJdbcUrl(SharedLocalStack.createDatabase("recipients"));
    source.setUsername(stack.jdbcUser());
    source.setPassword(stack.jdbcPassword());
    database = JdbcClient.create(source);
    Groundwork.createTables(database);
  }

  @AfterAll
  static void close() {
    source.close();
  }

  @Test
  void findsAUserOfTheTenantWithWhatItPrefers() throws Exception {
    insertUser();
    UserTable users = new UserTable(new Questions(source));

    assertThat(users.find(TENANT, user).orElseThrow().channels())
        .containsExactly(Channel.IN_APP, Channel.EMAIL);
    database
        .sql(
            """
            insert into user_preference (tenant, user_id, channels, quiet_from, quiet_to)
            values (?, ?, '{webhook}', '22:00', '07:00')
            """)
        .params(TENANT, user)
        .update();
    assertThat(users.find(TENANT, user).orElseThrow().quietHours())
        .isEqualTo(new QuietHours(LocalTime.of(22, 0), LocalTime.of(7, 0), ZoneOffset.UTC));
    database
        .sql(
            """
            insert into user_profile (tenant, user_id, name, zone) values (?, ?, 'Ada', 'Asia/Tokyo')
            """)
        .params(TENANT, user)
        .update();
    assertThat(users.find(TENANT, user).orElseThrow().quietHours())
        .isEqualTo(
            new QuietHours(LocalTime.of(22, 0), LocalTime.of(7, 0), ZoneId.of("Asia/Tokyo")));
    assertThat(users.find(TENANT, user).orElseThrow().channels()).containsExactly(Channel.WEBHOOK);
    assertThat(users.find("another", user)).isEmpty();
    assertThat(users.find(TENANT, UUID.randomUUID())).isEmpty();
  }

  @Test
  void ofManyThatClaimAtOnceOneHasTheKey() throws Exception {
    List<ClaimTable> workers = List.of(claims(), claims(), claims(), claims());
    List<UUID> tasks = IntStream.range(0, 200).mapToObj(_ -> UUID.randomUUID()).toList();

    Set<UUID> holders =
        new HashSet<>(
            atOnce(
                tasks.stream()
                    .<Callable<UUID>>map(
                        task ->
                            () ->
                                workers
                                    .get(Math.floorMod(task.hashCode(), 4))
                                    .claim(TENANT, "k", HOUR, task))
                    .toList()));

    assertThat(holders).hasSize(1);
    UUID holder = holders.iterator().next();
    assertThat(claims().claim(TENANT, "k", HOUR, holder)).isEqualTo(holder);
    UUID elsewhere = UUID.randomUUID();
    assertThat(claims().claim("another", "k", HOUR, elsewhere)).isEqualTo(elsewhere);
  }

  @Test
  void forgetsClaimsThatAreOver() throws Exception {
    for (int i = 0; i < 50; i++) {
      UUID task = UUID.randomUUID();
      assertThat(claims().claim("short", "k" + i, Duration.ofMillis(1), task)).isEqualTo(task);
    }

    assertThat(count("select count(*) from notification_claim where tenant = 'short'"))
        .isLessThan(10);
  }

  @Test
  void eachItemIsInOneDigestAndDeliveredWithItHoweverCloselyItIsClosed() throws Exception {
    insertUser();
    List<DigestTable> workers = List.of(digests(), digests(), digests());
    Digests.Owner owner = new Digests.Owner(TENANT, user, "k");
    List<UUID> tasks = IntStream.range(0, 300).mapToObj(_ -> UUID.randomUUID()).toList();
    List<Callable<Set<UUID>>> work = new ArrayList<>();
    for (UUID task : tasks) {
      DigestTable worker = workers.get(Math.floorMod(task.hashCode(), 3));
      work.add(
          () -> {
            Digests.Item item = new Digests.Item(task, null, "m", null);
            Digests.Digest digest = worker.add(owner, HOUR, item);
            assertThat(worker.add(owner, HOUR, item).id()).isEqualTo(digest.id());
            // A tenth of them come when the digest is due.
            return Math.floorMod(task.hashCode(), 10) == 0
                ? ids(worker.close(TENANT, digest.id()))
                : Set.of();
          });
    }

    List<Set<UUID>> closed = new ArrayList<>(atOnce(work));
    UUID last = UUID.randomUUID();
    Digests.Digest open = digests().add(owner, HOUR, new Digests.Item(last, "t", "m", "{}"));
    closed.add(ids(digests().close(TENANT, open.id())));

    Set<Set<UUID>> different = new HashSet<>(closed);
    different.remove(Set.of());
    assertThat(different.stream().flatMap(Set::stream).toList())
        .hasSize(tasks.size() + 1)
        .containsAll(tasks)
        .contains(last);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cancelled", "dead", "expired"})
  void aDigestThatIsNotDeliveredTakesNoMore(String state) throws Exception {
    insertUser();
    Digests.Owner owner = new Digests.Owner(TENANT, user, "k");
    Digests.Digest ended = digests().add(owner, HOUR, item());
    insertTask(ended.id(), state);

    Digests.Digest next = digests().add(owner, HOUR, item());

    assertThat(next.id()).isNotEqualTo(ended.id());
    assertThat(digests().add(owner, HOUR, item()).id()).isEqualTo(next.id());
  }

  @Test
  void aDigestThatWasNotDeliveredDoesNotComeBackWhenItsTaskIsForgotten() throws Exception {
    insertUser();
    Digests.Owner owner = new Digests.Owner(TENANT, user, "k");
    Digests.Digest ended = digests().add(owner, HOUR, item());
    insertTask(ended.id(), "cancelled");
    passAMinute(ended.id());
    database.sql("delete from task where id = ?").param(ended.id()).update();
    Digests.Item item = item();

    Digests.Digest next = digests().add(owner, HOUR, item);

    assertThat(next.id()).isNotEqualTo(ended.id());
    assertThat(ids(digests().close(TENANT, next.id()))).containsExactly(item.task());
  }

  @Test
  void aDigestTakesMoreHoweverOldWhileItsTaskWaits() throws Exception {
    insertUser();
    Digests.Owner owner = new Digests.Owner(TENANT, user, "k");
    Digests.Digest waiting = digests().add(owner, HOUR, item());
    insertTask(waiting.id(), "deferred");
    passAMinute(waiting.id());

    assertThat(digests().add(owner, HOUR, item()).id()).isEqualTo(waiting.id());
  }

  private static void insertTask(UUID id, String state) {
    database
        .sql(
            """
            insert into task (id, tenant, type, priority, ordering_key, payload, payload_hash,
                created_at, finished_at, state, attempt, delivery, worker)
            values (?, ?, 'notification', 'normal', 'k', '{}', '', now(), now(), ?, 0, 0, 'test')
            """)
        .params(id, TENANT, state)
        .update();
  }

  private static void passAMinute(UUID digest) {
    database
        .sql(
            """
            update notification_digest_item set added_at = added_at - interval '61 seconds'
             where digest_id = ?
            """)
        .param(digest)
        .update();
  }

  private static Digests.Item item() {
    return new Digests.Item(UUID.randomUUID(), null, "m", null);
  }

  private static Set<UUID> ids(Digests.Collected collected) {
    Set<UUID> ids = new HashSet<>();
    collected.items().forEach(item -> ids.add(item.task()));
    assertThat(ids).hasSize(collected.total());
    return ids;
  }

  private static ClaimTable claims() {
    return new ClaimTable(new Questions(source));
  }

  private static DigestTable digests() {
    return new DigestTable(new Questions(source));
  }

  private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
      List<T> answers = new ArrayList<>();
      for (Future<T> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    }
  }

  private void insertUser() {
    database
        .sql(
            """
            insert into app_user (tenant, id, email, status, created_at, updated_at)
            values (?, ?, ?, 'active', now(), now())
            """)
        .params(TENANT, user, user + "@example.com")
        .update();
  }

  private static long count(String sql) {
    return database.sql(sql).query(Long.class).single();
  }
}
