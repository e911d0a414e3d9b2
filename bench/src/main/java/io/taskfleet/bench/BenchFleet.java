package io.taskfleet.bench;

import io.taskfleet.bench.naive.NaiveWorker;
import io.taskfleet.bench.worker.BenchWorker;
import io.taskfleet.localstack.KafkaMode;
import io.taskfleet.localstack.LocalStack;
import io.taskfleet.standalone.BootApplication;
import io.taskfleet.standalone.Child;
import io.taskfleet.standalone.ChildSpec;
import io.taskfleet.standalone.FreePort;
import io.taskfleet.standalone.Readiness;
import io.taskfleet.standalone.StateDirectory;
import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Servers, worker and gateway, each a process of its own, and a meter on all of them. */
final class BenchFleet implements AutoCloseable {
  /** Of every JVM under measurement; Kafka's has its own. */
  static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx1g",
          "-XX:+UseParallelGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-Djdk.virtualThreadScheduler.parallelism=8",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  static final int PARTITIONS = 12;

  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  // A worker that stands still while a backlog is published must not lose its partitions; the
  // longest that a broker allows is half an hour.
  private static final int SESSION_MILLIS = 1_500_000;

  private final BenchOptions options;
  private final StateDirectory state;
  private final LocalStack stack;
  private final CpuMeter meter = new CpuMeter();

  // Pushed by the main thread; popped by whoever closes.
  private final Deque<BenchProcess> processes = new ConcurrentLinkedDeque<>();

  private BenchFleet(BenchOptions options, StateDirectory state, LocalStack stack) {
    this.options = options;
    this.state = state;
    this.stack = stack;
  }

  /** Starts the servers. */
  static BenchFleet open(BenchOptions options) throws IOException, SQLException {
    StateDirectory state = StateDirectory.open(options.state());
    BenchFleet fleet =
        new BenchFleet(
            options, state, LocalStack.builder().kafkaMode(KafkaMode.CHILD_PROCESS).start());
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(fleet::close, "close"));
      new ServerProcesses(fleet.stack).watch(fleet.meter);
      return fleet;
    } catch (SQLException | RuntimeException e) {
      fleet.close();
      throw e;
    }
  }

  LocalStack stack() {
    return stack;
  }

  CpuMeter meter() {
    return meter;
  }

  /**
   * A connection for as long as the caller likes: one that is kept costs its backend once. What it
   * asks is planned while tables are empty, and must not read them whole when they are full.
   */
  Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.put("user", stack.jdbcUser());
    properties.put("password", stack.jdbcPassword());
    properties.put("options", "-c enable_seqscan=off");
    return DriverManager.getConnection(stack.jdbcUrl(), properties);
  }

  /** Starts the real worker, for one type. */
  BenchProcess startWorker(String type, Map<String, String> properties)
      throws IOException, InterruptedException {
    Map<String, String> all = settings();
    all.put("taskfleet.worker.types", type);
    all.putAll(properties);
    return startOnWorkerLibraries(ProcessKind.WORKER, BenchWorker.class.getName(), all);
  }

  /** Starts the naive listener. */
  BenchProcess startNaive() throws IOException, InterruptedException {
    Map<String, String> all = settings();
    all.put("naive.concurrency", "2");
    all.put("spring.flyway.enabled", "false");
    all.put("spring.datasource.hikari.data-source-properties.reWriteBatchedInserts", "true");
    all.put("management.endpoint.health.group.readiness.include", "readinessState");
    return startOnWorkerLibraries(ProcessKind.NAIVE, NaiveWorker.class.getName(), all);
  }

  /** Starts the real gateway on a port of its own. */
  BenchProcess startGateway(int port, String apiKey) throws IOException, InterruptedException {
    BootApplication application =
        BootApplication.unpack(options.gatewayJar(), state.applications().resolve("gateway"));
    int managementPort = FreePort.any();
    Map<String, String> all = settings();
    all.put("server.port", Integer.toString(port));
    all.put("management.server.port", Integer.toString(managementPort));
    all.put("management.server.address", "127.0.0.1");
    all.put("taskfleet.security.initial-key", apiKey);
    // Counted as for anybody, but never refused.
    all.put("taskfleet.rate-limit.per-key", "100000000");
    return start(
        ProcessKind.GATEWAY, application.command(tether(), JVM_OPTIONS), all, managementPort);
  }

  private BenchProcess startOnWorkerLibraries(
      ProcessKind kind, String mainClass, Map<String, String> properties)
      throws IOException, InterruptedException {
    BootApplication application =
        BootApplication.unpack(options.workerJar(), state.applications().resolve("worker"));
    int port = FreePort.any();
    properties.put("server.port", Integer.toString(port));
    return start(
        kind,
        application.command(tether(), JVM_OPTIONS, ownClasses(), mainClass),
        properties,
        port);
  }

  private BenchProcess start(
      ProcessKind kind, List<String> command, Map<String, String> properties, int managementPort)
      throws IOException, InterruptedException {
    Child child =
        Child.start(
            new ChildSpec(
                kind.label(),
                command,
                Map.of(
                    "SPRING_APPLICATION_JSON", StrictJson.mapper().writeValueAsString(properties)),
                state.freshLog(kind.label()),
                URI.create("http://127.0.0.1:" + managementPort)));
    BenchProcess process = new BenchProcess(child);
    processes.push(process);
    if (!new Readiness().awaits(child, START_LIMIT)) {
      throw new InvalidRunException(kind.label() + " does not get ready. " + child.tail());
    }
    meter.watch(kind, ProcessHandle.of(child.pid()).orElseThrow());
    return process;
  }

  private Map<String, String> settings() {
    return new HashMap<>(
        Map.of(
            "server.address",
            "127.0.0.1",
            "spring.kafka.bootstrap-servers",
            stack.kafkaBootstrap(),
            "spring.kafka.consumer.properties.session.timeout.ms",
            Integer.toString(SESSION_MILLIS),
            "spring.kafka.consumer.properties.max.poll.interval.ms",
            Integer.toString(SESSION_MILLIS),
            "spring.datasource.url",
            stack.jdbcUrl(),
            "spring.datasource.username",
            stack.jdbcUser(),
            "spring.datasource.password",
            stack.jdbcPassword(),
            "taskfleet.redis.url",
            stack.redisUri(),
            "taskfleet.topics.partitions",
            Integer.toString(PARTITIONS)));
  }

  private Path tether() throws IOException {
    return BootApplication.tether(state.applications());
  }

  private static Path ownClasses() {
    try {
      return Path.of(BenchFleet.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends everything. Doing it twice is harmless. */
  @Override
  public synchronized void close() {
    try (state;
        stack) {
      while (!processes.isEmpty()) {
        processes.pop().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
