package io.taskfleet.gateway.security;

import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Makes a key when there is none, and shows it once. */
final class FirstKey implements ApplicationRunner {
  // Of our own choosing, the same in every gateway: held while looking and making.
  private static final long LOCK = 0x7461_736b_6b65_7931L;

  private final ApiKeyRepository repository;
  private final Storage storage;
  private final SecurityProperties properties;
  private final Clock clock;
  private final PrintStream console;

  FirstKey(
      ApiKeyRepository repository,
      Storage storage,
      SecurityProperties properties,
      Clock clock,
      PrintStream console) {
    this.repository = repository;
    this.storage = storage;
    this.properties = properties;
    this.clock = clock;
    this.console = console;
  }

  /** Everything a transaction needs. */
  record Storage(
      TransactionOperations transactions, JdbcClient jdbc, JdbcAggregateOperations aggregates) {}

  @Override
  public void run(ApplicationArguments arguments) {
    String given = properties.initialKey();
    String key = given == null ? KeyText.random(new SecureRandom()) : given;
    boolean made = Boolean.TRUE.equals(storage.transactions().execute(status -> insert(key)));
    if (made && given == null) {
      // Not through the log, which is collected and kept.
      console.printf("%n  Your API key: %s (shown once)%n%n", key);
    }
  }

  private boolean insert(String key) {
    storage
        .jdbc()
        .sql("select pg_advisory_xact_lock(:lock)")
        .param("lock", LOCK)
        .query((rows, number) -> number)
        .list();
    if (repository.existsBy()) {
      return false;
    }
    storage
        .aggregates()
        .insert(
            new ApiKey(
                TaskIds.next(clock),
                Task.DEFAULT_TENANT,
                "first key",
                KeyText.hash(key),
                Arrays.stream(Scope.values()).map(Scope::label).toArray(String[]::new),
                clock.instant(),
                null,
                null,
                null));
    return true;
  }
}
