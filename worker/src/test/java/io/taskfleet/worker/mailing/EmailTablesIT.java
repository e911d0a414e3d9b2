package io.taskfleet.worker.mailing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.template.MailTemplate;
import io.taskfleet.worker.Groundwork;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.postgres.Questions;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class EmailTablesIT {
  private static final LocalStack STACK = SharedLocalStack.get();
  private static final DriverManagerDataSource DATABASE =
      new DriverManagerDataSource(
          SharedLocalStack.createDatabase("email_tables"), STACK.jdbcUser(), STACK.jdbcPassword());
  private static final Instant TODAY = Instant.parse("2026-11-22T00:00:00Z");
  private static final Instant TOMORROW = Instant.parse("2026-11-23T00:00:00Z");

  private final EmailTables tables = new EmailTables(new Questions(DATABASE));

  @BeforeAll
  static void createTables() {
    Groundwork.createTables(JdbcClient.create(DATABASE));
  }

  @Test
  void findsTheNewestVersionOfTheTenantOrTheOneThatIsNamed() throws Exception {
    store("acme", "order", 1, "old", false);
    store("acme", "order", 2, "new", false);
    store("other", "order", 3, "theirs", false);
    store("acme", "gone", 4, "gone", true);

    assertThat(subject("acme", "order", null)).contains("new");
    assertThat(subject("acme", "order", 1)).contains("old");
    assertThat(subject("acme", "order", 3)).isEmpty();
    assertThat(subject("acme", "gone", null)).isEmpty();
    assertThat(subject("acme", "gone", 4)).isEmpty();
    assertThat(subject("nobody", "order", null)).isEmpty();
  }

  @Test
  void remembersWhoMayHaveTakenAMailAndForgetsWhatIsOld() throws Exception {
    UUID task = UUID.randomUUID();
    UUID old = UUID.randomUUID();
    tables.noteUndecided(old, "one");
    JdbcClient.create(DATABASE)
        .sql("update email_undecided set noted_at = now() - interval '31 days' where task_id = ?")
        .param(old)
        .update();

    tables.noteUndecided(task, "one");
    tables.noteUndecided(task, "two");

    assertThat(tables.undecidedProvider(task)).contains("two");
    assertThat(tables.undecidedProvider(old)).isEmpty();
  }

  @Test
  void givesNoMoreThanTheQuotaHoweverManyAskAndAllOfItAgainInTheNextPeriod() throws Exception {
    AtomicInteger given = new AtomicInteger();
    try (ExecutorService workers = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 40; i++) {
        workers.execute(() -> given.addAndGet(reserve(TODAY)));
      }
    }

    assertThat(given).hasValue(100);
    assertThat(reserve(TODAY)).isZero();
    assertThat(reserve(TOMORROW)).isEqualTo(7);
    assertThat(reserve(TODAY)).isZero();
    assertThat(reserve(TOMORROW)).isEqualTo(7);
  }

  @Test
  void putsATaskOffWhenPostgresIsAway() {
    PGSimpleDataSource nobody = new PGSimpleDataSource();
    nobody.setPortNumbers(new int[] {1});

    assertThatThrownBy(() -> new EmailTables(new Questions(nobody)).template("acme", "order", null))
        .isInstanceOf(CallRefusedException.class);
  }

  private int reserve(Instant period) {
    try {
      return tables.reserve("one", period, 7, 100);
    } catch (CallRefusedException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Optional<String> subject(String tenant, String name, @Nullable Integer version)
      throws Exception {
    return tables
        .template(tenant, name, version)
        .map(MailTemplate::source)
        .map(MailTemplate.Source::subject);
  }

  private static void store(
      String tenant, String name, int version, String subject, boolean removed) {
    JdbcClient.create(DATABASE)
        .sql(
            """
            insert into email_template
                (tenant, name, version, subject, text, created_at, removed_at)
            values (?, ?, ?, ?, 'text', now(), case when ? then now() end)
            """)
        .params(tenant, name, version, subject, removed)
        .update();
  }
}
