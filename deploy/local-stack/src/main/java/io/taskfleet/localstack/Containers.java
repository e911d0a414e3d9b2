package io.taskfleet.localstack;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The servers in containers, on the images of {@code docker-compose.yml}, set as the processes are.
 * Loaded only when they are asked for: Testcontainers is on the class path of tests alone.
 */
final class Containers {
  static final String KAFKA_IMAGE = "apache/kafka:4.2.2";
  static final String POSTGRES_IMAGE = "postgres:18";
  static final String REDIS_IMAGE = "redis:8";

  private static final int KAFKA_PORT = 9092;
  private static final int REDIS_PORT = 6379;

  private Containers() {}

  // KafkaContainer's starter script would keep the signal to stop from the broker.
  static ServerHost kafka(int port) {
    KafkaContainer container =
        new KafkaContainer(KAFKA_IMAGE)
            .withEnv(environment(BrokerSettings.anywhere()))
            .withEnv(
                "KAFKA_ADVERTISED_LISTENERS",
                "PLAINTEXT://127.0.0.1:%d,BROKER://localhost:9093".formatted(port))
            .withEnv("KAFKA_HEAP_OPTS", "-Xmx512m")
            .withEnv("KAFKA_JVM_PERFORMANCE_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1")
            .withCommand("/etc/kafka/docker/run");
    return new ServerContainer("Kafka", container, KAFKA_PORT, port, () -> hasBroker(port));
  }

  static ServerHost postgres(int port) {
    PostgreSQLContainer container =
        new PostgreSQLContainer(POSTGRES_IMAGE)
            .withDatabaseName(PostgresServer.DATABASE)
            .withUsername(PostgresServer.USER)
            .withPassword(PostgresServer.PASSWORD)
            .withEnv(
                "POSTGRES_INITDB_ARGS",
                "--encoding=UTF8 " + arguments("--%s=%s", PostgresServer.LOCALE))
            .withSharedMemorySize(256L << 20)
            .withCommand("postgres " + arguments("-c %s=%s", PostgresServer.SETTINGS));
    return new ServerContainer(
        "Postgres",
        container,
        PostgreSQLContainer.POSTGRESQL_PORT,
        port,
        () -> acceptsConnections(port));
  }

  static ServerHost redis(int port) {
    List<String> command = new ArrayList<>(List.of("redis-server"));
    command.addAll(RedisServer.SETTINGS);
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(REDIS_IMAGE))
            .withExposedPorts(REDIS_PORT)
            .withCommand(command.toArray(String[]::new));
    return new ServerContainer(
        "Redis", container, REDIS_PORT, port, () -> RedisServer.answersPing(port));
  }

  private static Map<String, String> environment(Properties settings) {
    return settings.stringPropertyNames().stream()
        .collect(
            Collectors.toMap(
                key -> "KAFKA_" + key.toUpperCase(Locale.ROOT).replace('.', '_'),
                settings::getProperty));
  }

  private static String arguments(String form, Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> form.formatted(setting.getKey(), setting.getValue()))
        .collect(Collectors.joining(" "));
  }

  // A broker is among the nodes once the controller has let it in.
  private static boolean hasBroker(int port) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:" + port,
            "request.timeout.ms",
            1_000,
            "default.api.timeout.ms",
            1_000,
            "reconnect.backoff.max.ms",
            100,
            "metadata.recovery.strategy",
            "none");
    try (Admin admin = Admin.create(settings)) {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (ExecutionException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalStackException("Interrupted while Kafka started", e);
    }
  }

  private static boolean acceptsConnections(int port) {
    try (Connection connection = PostgresServer.connect(port)) {
      return connection.isValid(1);
    } catch (SQLException notYet) {
      return false;
    }
  }
}
