package io.taskfleet.standalone.demo;

import io.taskfleet.standalone.Flags;
import io.taskfleet.standalone.ReadyFile;
import io.taskfleet.standalone.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the demo finds its fleet: options, then the environment, then a preset or ready file. */
final class DemoOptions {
  static final String HELP =
      """
      usage: ./fleet demo [options]

        without options          the fleet that "./fleet up" runs (.taskfleet/ready.json)
        --ready FILE             another ready file
        --compose                the fleet of docker-compose.yml, as it publishes its ports

      Each of these, or its environment variable, replaces one of the above:
        --url URL                TASKFLEET_URL              the gateway
        --key KEY                TASKFLEET_API_KEY          an API key (tf_...)
        --kafka HOST:PORT        TASKFLEET_KAFKA
        --jdbc-url URL           TASKFLEET_JDBC_URL         with ?user=...&password=...
        --redis URL              TASKFLEET_REDIS            redis://host:port
        --mail-url URL           TASKFLEET_MAIL_URL         Mailpit, or anything with its API
        --webhook-secret SECRET  TASKFLEET_WEBHOOK_SECRET   whsec_...
        --receiver-host HOST     TASKFLEET_RECEIVER_HOST    this machine, as the workers know it
      """;

  /** The published ports and development secrets of {@code docker-compose.yml}. */
  private static final Map<String, String> COMPOSE =
      Map.of(
          "--url", "http://127.0.0.1:8080",
          "--kafka", "127.0.0.1:29092",
          "--jdbc-url",
              "jdbc:postgresql://127.0.0.1:5432/taskfleet?user=taskfleet&password=taskfleet",
          "--redis", "redis://127.0.0.1:6379",
          "--mail-url", "http://127.0.0.1:8025",
          "--key", "tf_development-only-not-a-secret",
          "--webhook-secret", "whsec_ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQ=",
          "--receiver-host", "host.docker.internal");

  private static final Set<String> NAMED =
      Set.of(
          "--ready",
          "--url",
          "--key",
          "--kafka",
          "--jdbc-url",
          "--redis",
          "--mail-url",
          "--webhook-secret",
          "--receiver-host");

  private final Flags flags;
  private final Map<String, String> environment;
  private @Nullable ReadyFile ready;

  private DemoOptions(Flags flags, Map<String, String> environment) {
    this.flags = flags;
    this.environment = environment;
  }

  /**
   * Reads the command line.
   *
   * @throws UsageException when it makes no sense, or leaves something open that no ready file says
   */
  static Target parse(String[] arguments, Map<String, String> environment) {
    Flags flags = Flags.parse(arguments, NAMED, Set.of("--compose"));
    return new DemoOptions(flags, environment).target();
  }

  private Target target() {
    return new Target(
        find("--url", "TASKFLEET_URL", () -> ready().url()),
        find("--key", "TASKFLEET_API_KEY", () -> ready().apiKey()),
        find("--kafka", "TASKFLEET_KAFKA", () -> ready().kafka()),
        find("--jdbc-url", "TASKFLEET_JDBC_URL", () -> ready().jdbcUrl()),
        find("--redis", "TASKFLEET_REDIS", () -> ready().redis()),
        find("--mail-url", "TASKFLEET_MAIL_URL", () -> ready().mailUrl()),
        find("--webhook-secret", "TASKFLEET_WEBHOOK_SECRET", () -> ready().webhookSecret()),
        find("--receiver-host", "TASKFLEET_RECEIVER_HOST", () -> Target.LOOPBACK));
  }

  private String find(String option, String variable, Supplier<String> otherwise) {
    String given = flags.value(option).orElse(environment.getOrDefault(variable, ""));
    if (!given.isBlank()) {
      return given;
    }
    String preset = flags.has("--compose") ? COMPOSE.get(option) : null;
    return preset == null ? otherwise.get() : preset;
  }

  private ReadyFile ready() {
    if (ready == null) {
      ready = read(Path.of(flags.value("--ready").orElse(".taskfleet/ready.json")));
    }
    return ready;
  }

  private static ReadyFile read(Path file) {
    if (!Files.exists(file)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "No fleet is up (%s is not there). Start one with ./fleet up, or say where one is:%n%n%s",
              file,
              HELP));
    }
    try {
      return ReadyFile.read(file);
    } catch (IOException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }
}
