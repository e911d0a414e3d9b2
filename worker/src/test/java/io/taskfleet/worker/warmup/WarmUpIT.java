package io.taskfleet.worker.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.wire.PayloadReader;
import io.taskfleet.worker.Groundwork;
import io.taskfleet.worker.failure.FailureClassifier;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class WarmUpIT {
  private final LocalStack stack = SharedLocalStack.get();

  @Test
  void doesTasksAndLeavesNothingBehind() {
    DriverManagerDataSource database = database(SharedLocalStack.createDatabase("warm"));
    Groundwork.createTables(JdbcClient.create(database));

    int done = run(database, Duration.ofSeconds(2));

    assertThat(done).isPositive();
    assertThat(count(database, "select count(*) from task")).isZero();
    assertThat(count(database, "select count(*) from pg_class where relname = 'task'")).isOne();
  }

  @Test
  void neitherFailsNorWaitsWhenPostgresIsAway() {
    DriverManagerDataSource nowhere = database("jdbc:postgresql://127.0.0.1:1/none");

    assertThat(run(nowhere, Duration.ofHours(1))).isZero();
  }

  @Test
  void doesNothingWhenItHasNoTime() {
    DriverManagerDataSource database = database(SharedLocalStack.createDatabase("cold"));

    assertThat(run(database, Duration.ZERO)).isZero();
  }

  private static int run(DriverManagerDataSource database, Duration length) {
    try (PayloadReader payloads = new PayloadReader()) {
      return new WarmUp(database, payloads, new FailureClassifier(), Clock.systemUTC()).run(length);
    }
  }

  private DriverManagerDataSource database(String url) {
    return new DriverManagerDataSource(url, stack.jdbcUser(), stack.jdbcPassword());
  }

  private static long count(DriverManagerDataSource database, String sql) {
    return JdbcClient.create(database).sql(sql).query(Long.class).single();
  }
}
