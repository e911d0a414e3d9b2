package io.taskfleet.worker.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.worker.Groundwork;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is kept for three days (events), ten (minutes), twenty (hours) and thirty (days). */
class ExpiryIT {
  private final LocalStack stack = SharedLocalStack.get();
  private final DataSource database =
      DataSourceBuilder.create()
          .url(SharedLocalStack.createDatabase("expiry"))
          .username(stack.jdbcUser())
          .password(stack.jdbcPassword())
          .build();
  private final JdbcClient sql = JdbcClient.create(database);
  private final Expiry expiry = new Expiry(database, TestRollups.PROPERTIES.keep());

  /** One of each, an hour apart, over forty days. */
  @BeforeEach
  void fill() {
    Groundwork.createTables(sql);
    sql.sql(
            """
            insert into analytics_bucket (tenant, name, step, property, start, value, count, sum)
            select 't', 'n', step, '', date_trunc('hour', now()) - i * interval '1 hour', '', 1, 0
              from generate_series(0, 959) as i, unnest(array['1m', '1h', '1d']) as step
            """)
        .update();
    sql.sql(
            """
            insert into analytics_event (id, tenant, name, at, batch)
            select gen_random_uuid(), 't', 'n', now(),
                (extract(epoch from now() - i * interval '1 minute') * 1000)::bigint * 1000000
              from generate_series(1, 6000) as i
            """)
        .update();
  }

  @Test
  void deletesWhatIsOldInSlicesAndNothingElse() throws Exception {
    assertThat(expiry.deleteSlices()).as("is all deleted").isFalse();
    assertThat(count("analytics_event", "true")).isEqualTo(5_000);

    while (!expiry.deleteSlices()) {
      assertThat(count("analytics_event", "true")).isGreaterThan(0);
    }

    assertThat(count("analytics_event", "true")).isBetween(4_318L, 4_321L);
    assertThat(count("analytics_bucket", "step = '1m'")).isBetween(240L, 241L);
    assertThat(count("analytics_bucket", "step = '1h'")).isBetween(480L, 481L);
    assertThat(count("analytics_bucket", "step = '1d'")).isBetween(720L, 744L);
    assertThat(count("analytics_bucket join analytics_kept on step = what", "start < since"))
        .isZero();
    assertThat(
            count(
                "analytics_kept",
                "what = '1d' and since = date_trunc('day', now() - interval '30 days', 'UTC')"))
        .isEqualTo(1);
  }

  @Test
  void keepsEventsThatAreNotInTheRollupsYet() throws Exception {
    sql.sql("insert into analytics_pending select min(batch), 1 from analytics_event").update();
    sql.sql(
            "insert into analytics_event (id, tenant, name, at) values (gen_random_uuid(), 't', 'n', '2001-01-01Z')")
        .update();

    while (!expiry.deleteSlices()) {
      assertThat(count("analytics_bucket", "true")).isGreaterThan(0);
    }

    assertThat(count("analytics_event", "true")).isEqualTo(6_001);
  }

  @Test
  void leavesAloneWhatAnotherWorkerIsAt() throws Exception {
    try (Connection other = database.getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      boolean _ =
          statement.execute(
              "select 1 from analytics_kept where what in ('1m', 'event') for update");

      while (!expiry.deleteSlices()) {
        assertThat(count("analytics_bucket", "true")).isGreaterThan(0);
      }

      assertThat(
              List.of(count("analytics_event", "true"), count("analytics_bucket", "step = '1m'")))
          .containsExactly(6_000L, 960L);
      assertThat(count("analytics_bucket", "step = '1h'")).isLessThan(500);
      other.rollback();
    }
  }

  private long count(String table, String condition) {
    return sql.sql("select count(*) from %s where %s".formatted(table, condition))
        .query(Long.class)
        .single();
  }
}
