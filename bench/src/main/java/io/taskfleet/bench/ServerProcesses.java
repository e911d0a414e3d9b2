package io.taskfleet.bench;

import io.lettuce.core.RedisClient;
import io.taskfleet.localstack.LocalStack;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Finds the processes behind a local stack that has just been started. */
final class ServerProcesses {
  private final LocalStack stack;

  ServerProcesses(LocalStack stack) {
    this.stack = stack;
  }

  // The stack does not tell process ids, but the servers do; the one JVM left is the broker's.
  void watch(CpuMeter meter) throws SQLException {
    meter.watch(ProcessKind.REDIS, redisProcess());
    meter.watch(ProcessKind.POSTGRES, postgresProcess());
    meter.watch(
        ProcessKind.KAFKA,
        ProcessHandle.current()
            .children()
            .filter(each -> each.info().command().filter(c -> c.endsWith("java")).isPresent())
            .findFirst()
            .orElseThrow());
  }

  private ProcessHandle redisProcess() {
    try (RedisClient client = RedisClient.create(stack.redisUri());
        var connection = client.connect()) {
      String id =
          connection
              .sync()
              .info("server")
              .lines()
              .filter(line -> line.startsWith("process_id:"))
              .map(line -> line.substring(line.indexOf(':') + 1))
              .findFirst()
              .orElseThrow();
      return ProcessHandle.of(Long.parseLong(id)).orElseThrow();
    }
  }

  private ProcessHandle postgresProcess() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(stack.jdbcUrl(), stack.jdbcUser(), stack.jdbcPassword());
        var statement = connection.createStatement();
        var row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return ProcessHandle.of(row.getLong(1)).flatMap(ProcessHandle::parent).orElseThrow();
    }
  }
}
