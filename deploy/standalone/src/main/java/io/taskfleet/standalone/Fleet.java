package io.taskfleet.standalone;

import io.taskfleet.localstack.LocalStack;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the processes of a fleet on this machine are: their commands and their settings. */
final class Fleet {
  private static final String LOOPBACK = "127.0.0.1";
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx512m",
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-Djdk.virtualThreadScheduler.parallelism=8",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final UpOptions options;
  private final LocalStack stack;
  private final Secrets secrets;
  private final Applications applications;
  private final ChildSpec gateway;
  private final List<ChildSpec> workers = new ArrayList<>();

  Fleet(
      UpOptions options,
      StateDirectory state,
      LocalStack stack,
      Secrets secrets,
      Applications applications)
      throws IOException {
    this.options = options;
    this.stack = stack;
    this.secrets = secrets;
    this.applications = applications;
    this.gateway =
        new ChildSpec(
            "gateway",
            command(applications.gateway()),
            gatewaySettings(),
            state.freshLog("gateway"),
            managementUrl());
    for (int number = 1; number <= options.workers(); number++) {
      String name = "worker-" + number;
      int port = FreePort.any();
      workers.add(
          new ChildSpec(
              name,
              command(applications.worker()),
              workerSettings(port),
              state.freshLog(name),
              url(port)));
    }
  }

  ChildSpec gateway() {
    return gateway;
  }

  List<ChildSpec> workers() {
    return List.copyOf(workers);
  }

  /** The programs by a process of each. */
  Map<ChildSpec, BootApplication> programs() {
    return Map.of(gateway, applications.gateway(), workers.getFirst(), applications.worker());
  }

  ReadyFile readyFile(ReadyFile.Member gateway, List<ReadyFile.Member> workers) {
    return new ReadyFile(
        url(options.port()).toString(),
        managementUrl().toString(),
        secrets.apiKey(),
        secrets.webhookSecret(),
        stack.kafkaBootstrap(),
        "%s?user=%s&password=%s".formatted(stack.jdbcUrl(), stack.jdbcUser(), stack.jdbcPassword()),
        stack.redisUri(),
        stack.smtpHost() + ":" + stack.smtpPort(),
        stack.mailUrl(),
        ProcessHandle.current().pid(),
        gateway,
        workers);
  }

  private List<String> command(BootApplication application) {
    List<String> jvmOptions = new ArrayList<>(JVM_OPTIONS);
    if (!options.cold()) {
      jvmOptions.addAll(QuickStart.options(application));
    }
    return application.command(applications.tether(), jvmOptions);
  }

  private Map<String, String> gatewaySettings() {
    Map<String, String> settings = new HashMap<>(servers());
    settings.put("SERVER_PORT", Integer.toString(options.port()));
    settings.put("SERVER_ADDRESS", LOOPBACK);
    settings.put("MANAGEMENT_SERVER_PORT", Integer.toString(options.managementPort()));
    settings.put("MANAGEMENT_SERVER_ADDRESS", LOOPBACK);
    settings.put("TASKFLEET_SECURITY_INITIAL_KEY", secrets.apiKey());
    // The only caller is whoever tries it out, as hard as they like.
    settings.put("TASKFLEET_RATE_LIMIT_PER_KEY", "100000000");
    return settings;
  }

  private Map<String, String> workerSettings(int port) {
    Map<String, String> settings = new HashMap<>(servers());
    settings.put("SERVER_PORT", Integer.toString(port));
    settings.put("SERVER_ADDRESS", LOOPBACK);
    settings.put("TASKFLEET_EMAIL_HOST", stack.smtpHost());
    settings.put("TASKFLEET_EMAIL_PORT", Integer.toString(stack.smtpPort()));
    settings.put("TASKFLEET_EMAIL_FROM", "taskfleet@example.org");
    settings.put("TASKFLEET_NOTIFICATION_SIGNING_SECRET", secrets.webhookSecret());
    return settings;
  }

  private Map<String, String> servers() {
    return Map.of(
        // Receivers under development listen on this machine.
        "TASKFLEET_OUTBOUND_ALLOWED_NETWORKS",
        "127.0.0.0/8,::1",
        "SPRING_KAFKA_BOOTSTRAP_SERVERS",
        stack.kafkaBootstrap(),
        "SPRING_DATASOURCE_URL",
        stack.jdbcUrl(),
        "SPRING_DATASOURCE_USERNAME",
        stack.jdbcUser(),
        "SPRING_DATASOURCE_PASSWORD",
        stack.jdbcPassword(),
        "TASKFLEET_REDIS_URL",
        stack.redisUri(),
        "TASKFLEET_TOPICS_PARTITIONS",
        "6",
        "TASKFLEET_TOPICS_REPLICATION",
        "1",
        "TASKFLEET_SECRETS_KEYS_LOCAL",
        secrets.sealKey());
  }

  private URI managementUrl() {
    return url(options.managementPort());
  }

  private static URI url(int port) {
    return URI.create("http://" + LOOPBACK + ":" + port);
  }
}
