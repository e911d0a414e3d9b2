package io.taskfleet.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalStackIT {

  @Test
  void startsQuicklyAndKeepsItsDataOverARestart(@TempDir Path data) throws Exception {
    long before = System.nanoTime();
    int postgresPort;
    try (LocalStack stack = LocalStack.builder().dataDirectory(data).start()) {
      Duration took = Duration.ofNanos(System.nanoTime() - before);
      System.err.printf("All servers up after %d ms%n", took.toMillis());
      assertThat(took).isLessThan(Duration.ofSeconds(15));

      postgresPort = stack.postgres().port();
      KafkaClient.createTopic(stack.kafka(), "orders");
      KafkaClient.produce(stack.kafka(), "orders", "one");
      execute(stack.jdbcUrl(), "CREATE TABLE kept AS SELECT 42 AS answer");
      RedisClient.set(stack.redis(), "kept", "yes");
    }

    before = System.nanoTime();
    try (LocalStack stack =
        LocalStack.builder().dataDirectory(data).postgresPort(postgresPort).start()) {
      System.err.printf(
          "Restarted within %d ms%n", Duration.ofNanos(System.nanoTime() - before).toMillis());

      assertThat(KafkaClient.consume(stack.kafka(), "orders", 1)).containsExactly("one");
      assertThat(query(stack.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
      assertThat(RedisClient.get(stack.redis(), "kept")).isEqualTo("yes");
      before = System.nanoTime();
    }
    System.err.printf(
        "Closed within %d ms%n", Duration.ofNanos(System.nanoTime() - before).toMillis());
  }

  @Test
  void killedServersComeBackOnTheirPortsWithTheirData() throws Exception {
    LocalStack stack = BreakableLocalStack.get();
    String database = BreakableLocalStack.createDatabase("killed");
    KafkaClient.createTopic(stack.kafka(), "killed");
    KafkaClient.produce(stack.kafka(), "killed", "one");
    execute(database, "CREATE TABLE kept AS SELECT 42 AS answer");

    for (LocalServer server : new LocalServer[] {stack.kafka(), stack.postgres(), stack.redis()}) {
      server.kill();
      assertThat(server.isRunning()).as(server.name()).isFalse();
      long before = System.nanoTime();
      server.start();
      System.err.printf(
          "%s back after %d ms%n",
          server.name(), Duration.ofNanos(System.nanoTime() - before).toMillis());
      assertThat(server.isRunning()).as(server.name()).isTrue();
    }

    assertThat(KafkaClient.consume(stack.kafka(), "killed", 1)).containsExactly("one");
    assertThat(query(database, "SELECT answer FROM kept")).isEqualTo("42");
    RedisClient.set(stack.redis(), "fresh", "yes");
    assertThat(RedisClient.get(stack.redis(), "fresh")).isEqualTo("yes");
  }

  @Test
  void stoppedServersComeBackOnTheirPortsWithTheirData() throws Exception {
    LocalStack stack = BreakableLocalStack.get();
    String database = BreakableLocalStack.createDatabase("stopped");
    KafkaClient.createTopic(stack.kafka(), "stopped");
    KafkaClient.produce(stack.kafka(), "stopped", "one");
    execute(database, "CREATE TABLE kept AS SELECT 42 AS answer");
    RedisClient.set(stack.redis(), "kept", "yes");

    for (LocalServer server : new LocalServer[] {stack.kafka(), stack.postgres(), stack.redis()}) {
      server.stop();
      server.stop();
      assertThat(server.isRunning()).as(server.name()).isFalse();
      server.start();
      server.start();
    }

    assertThat(KafkaClient.consume(stack.kafka(), "stopped", 1)).containsExactly("one");
    assertThat(query(database, "SELECT answer FROM kept")).isEqualTo("42");
    assertThat(RedisClient.get(stack.redis(), "kept")).isEqualTo("yes");
  }

  @Test
  void theBreakableStackIsWholeForWhoeverComesNext() {
    LocalStack stack = BreakableLocalStack.get();
    stack.redis().kill();
    stack.postgres().stop();
    stack.mail().stop();

    assertThat(BreakableLocalStack.get()).isSameAs(stack);

    assertThat(List.of(stack.kafka(), stack.postgres(), stack.redis(), stack.mail()))
        .allMatch(LocalServer::isRunning);
    assertThat(BreakableLocalStack.get()).isNotSameAs(SharedLocalStack.get());
  }

  @Test
  void postgresRunsDurablyAndKeepsDatabasesApart() throws Exception {
    LocalStack stack = SharedLocalStack.get();

    assertThat(SharedLocalStack.get()).isSameAs(stack);
    assertThat(query(stack.jdbcUrl(), "SHOW fsync")).isEqualTo("on");
    assertThat(query(stack.jdbcUrl(), "SHOW synchronous_commit")).isEqualTo("on");
    assertThat(query(stack.jdbcUrl(), "SHOW full_page_writes")).isEqualTo("on");
    String one = SharedLocalStack.createDatabase("apart");
    String two = SharedLocalStack.createDatabase("apart");
    execute(one, "CREATE TABLE mine (id int)");
    assertThat(query(two, "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'"))
        .isEqualTo("0");
  }

  // All of 127.0.0.0/8 is this machine, and only a server bound to any address answers there.
  @Test
  void listensOnOneLoopbackAddressOnly() throws IOException {
    LocalStack stack = SharedLocalStack.get();
    InetAddress other = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});

    for (LocalServer server :
        List.of(stack.kafka(), stack.postgres(), stack.redis(), stack.mail())) {
      new Socket(InetAddress.getLoopbackAddress(), server.port()).close();
      assertThatThrownBy(() -> new Socket(other, server.port()).close())
          .as(server.name())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void saysWhichPortIsTakenAndStartsNothing() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      int taken = other.getLocalPort();

      assertThatThrownBy(() -> LocalStack.builder().postgresPort(taken).start())
          .isInstanceOf(LocalStackException.class)
          .hasMessageContainingAll("Postgres", Integer.toString(taken), "postgresPort");
    }
  }

  @Test
  void followsAStackWhoseJvmWasKilled(@TempDir Path data) throws Exception {
    Process owner = StackOwner.start(data);
    int kafkaPort = StackOwner.awaitKafkaPort(owner);
    List<ProcessHandle> children = owner.descendants().toList();

    owner.destroyForcibly().waitFor();

    try (StackDirectory directory = StackDirectory.open(data)) {
      assertThat(children).allSatisfy(child -> OpenFiles.assertNoneIn(directory.kafka(), child));
    }
    try (LocalStack stack = LocalStack.builder().dataDirectory(data).kafkaPort(kafkaPort).start()) {
      assertThat(query(stack.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
      assertThat(KafkaClient.consume(stack.kafka(), "orders", 1)).containsExactly("one");
    }
  }

  @Test
  void stopsTheOthersWhenOneCannotStart(@TempDir Path data) throws IOException {
    Files.writeString(data.resolve("kafka"), "a file where a directory should be");

    assertThatThrownBy(() -> LocalStack.builder().dataDirectory(data).start())
        .isInstanceOf(LocalStackException.class)
        .hasMessageContaining("Kafka");

    assertThat(new PidFile(data.resolve("redis/redis.pid"), "redis-server").process()).isEmpty();
    assertThat(new PidFile(data.resolve("postgres/postmaster.pid"), "postgres").process())
        .isEmpty();
  }

  @Test
  void refusesADirectoryThatIsInUse(@TempDir Path data) {
    StackDirectory directory = StackDirectory.open(data);
    try (directory) {
      assertThatThrownBy(() -> LocalStack.builder().dataDirectory(data).start())
          .isInstanceOf(LocalStackException.class)
          .hasMessageContaining(data.toString());
    }
  }

  static void execute(String jdbcUrl, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl, "postgres", "postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(String jdbcUrl, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl, "postgres", "postgres");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return result.getString(1);
    }
  }
}
