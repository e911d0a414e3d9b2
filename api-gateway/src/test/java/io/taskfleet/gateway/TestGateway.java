package io.taskfleet.gateway;

import io.taskfleet.gateway.status.StatusCache;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.localstack.SharedLocalStack;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** A gateway on real servers, with a database of its own. */
public final class TestGateway implements AutoCloseable {
  /** The key that {@link #start} stores. */
  public static final String KEY = "tf_testtesttesttesttesttest";

  private final ConfigurableApplicationContext context;

  private TestGateway(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** A gateway on the servers that all tests share. */
  public static TestGateway onSharedServers(String database, Map<String, String> settings) {
    return start(SharedLocalStack.get(), SharedLocalStack.createDatabase(database), settings);
  }

  /** A gateway on these servers. */
  public static TestGateway start(
      LocalStack servers, String jdbcUrl, Map<String, String> settings) {
    SpringApplication application = new SpringApplication(GatewayApplication.class);
    return new TestGateway(
        application.run(arguments(servers, jdbcUrl, settings).toArray(String[]::new)));
  }

  /** What a gateway on these servers is to be started with. */
  static List<String> arguments(LocalStack servers, String jdbcUrl, Map<String, String> settings) {
    Map<String, Object> defaults =
        new HashMap<>(
            Map.of(
                "server.port",
                "0",
                "management.server.port",
                "0",
                "spring.kafka.bootstrap-servers",
                servers.kafkaBootstrap(),
                "spring.datasource.url",
                jdbcUrl,
                "spring.datasource.username",
                servers.jdbcUser(),
                "spring.datasource.password",
                servers.jdbcPassword(),
                "taskfleet.redis.url",
                servers.redisUri(),
                "taskfleet.topics.partitions",
                "2",
                "taskfleet.security.initial-key",
                KEY));
    defaults.put("taskfleet.secrets.keys.test", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    // All tests call from one address, and some without pause.
    defaults.put("taskfleet.rate-limit.per-key", "10000000");
    defaults.put("taskfleet.rate-limit.per-address", "10000000");
    defaults.putAll(settings);
    return defaults.entrySet().stream()
        .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  /** Where the gateway listens, such as {@code http://127.0.0.1:1234}. */
  public String url() {
    return "http://127.0.0.1:" + port("local.server.port");
  }

  /** Where its management port listens. */
  public String managementUrl() {
    return "http://127.0.0.1:" + port("local.management.port");
  }

  /** Waits until Redis has been told of this task, which no caller is kept waiting for. */
  public void awaitNoted(String task) {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> bean(StatusCache.class).json(UUID.fromString(task)).isPresent());
  }

  /** A part of the gateway. */
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  private String port(String property) {
    Environment environment = context.getEnvironment();
    return environment.getRequiredProperty(property);
  }

  @Override
  public void close() {
    context.close();
  }
}
