package io.taskfleet.localstack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Kafka, Postgres, Redis and a mail sink, running on this machine for as long as the stack is open.
 * All listen on 127.0.0.1 only.
 *
 * <p>Whoever starts a stack closes it. A JVM that is killed leaves Postgres and Redis behind; the
 * next stack in the same directory, or the next temporary one, ends them.
 *
 * <p>With the system property {@code taskfleet.local-stack.containers} set to {@code true} and
 * Testcontainers on the class path, Kafka, Postgres and Redis of a temporary stack run in
 * containers. Those of a JVM that is killed are for Testcontainers to remove.
 */
public final class LocalStack implements AutoCloseable {
  private static final String CONTAINERS = "taskfleet.local-stack.containers";

  private final StackDirectory directory;
  private final KafkaBroker kafka;
  private final PostgresServer postgres;
  private final RedisServer redis;
  private final MailSink mail;

  private LocalStack(Builder builder) {
    directory = StackDirectory.open(builder.dataDirectory);
    try {
      Ports ports = new Ports(RandomGenerator.getDefault(), builder.fixedPorts());
      int kafkaPort = ports.settle("Kafka", builder.kafkaPort, "kafkaPort");
      int postgresPort = ports.settle("Postgres", builder.postgresPort, "postgresPort");
      int redisPort = ports.settle("Redis", builder.redisPort, "redisPort");
      if (builder.inContainers()) {
        kafka = new KafkaBroker(kafkaPort, Containers.kafka(kafkaPort));
        postgres = new PostgresServer(postgresPort, Containers.postgres(postgresPort));
        redis = new RedisServer(redisPort, Containers.redis(redisPort));
      } else {
        BrokerSettings broker = new BrokerSettings(kafkaPort, ports.free(), directory.kafka());
        ServerLog log = new ServerLog(directory.log("kafka"));
        kafka = new KafkaBroker(kafkaPort, new BrokerHost(builder.kafkaMode, broker, log));
        postgres = new PostgresServer(postgresPort, new PostgresProcess(postgresPort, directory));
        redis = new RedisServer(redisPort, new RedisProcess(redisPort, directory));
      }
      mail =
          new MailSink(
              ports.settle("SMTP", builder.smtpPort, "smtpPort"),
              ports.settle("Mail over HTTP", builder.mailHttpPort, "mailHttpPort"));
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** A stack to be described: temporary data, free ports and a broker in this JVM to begin with. */
  public static Builder builder() {
    return new Builder();
  }

  /** The broker. */
  public KafkaBroker kafka() {
    return kafka;
  }

  /** The database server. */
  public PostgresServer postgres() {
    return postgres;
  }

  /** The Redis server. */
  public RedisServer redis() {
    return redis;
  }

  /** The mail sink. */
  public MailSink mail() {
    return mail;
  }

  /** See {@link KafkaBroker#bootstrap()}. */
  public String kafkaBootstrap() {
    return kafka.bootstrap();
  }

  /** See {@link PostgresServer#jdbcUrl()}. */
  public String jdbcUrl() {
    return postgres.jdbcUrl();
  }

  /** See {@link PostgresServer#user()}. */
  public String jdbcUser() {
    return postgres.user();
  }

  /** See {@link PostgresServer#password()}. */
  public String jdbcPassword() {
    return postgres.password();
  }

  /** See {@link RedisServer#uri()}. */
  public String redisUri() {
    return redis.uri();
  }

  /** The host of the SMTP server. */
  public String smtpHost() {
    return "127.0.0.1";
  }

  /** The port of the SMTP server. */
  public int smtpPort() {
    return mail.port();
  }

  /** See {@link MailSink#url()}. */
  public String mailUrl() {
    return mail.url();
  }

  /**
   * Stops all servers, and deletes the data when no directory was given for it. Doing it twice is
   * harmless.
   */
  @Override
  public void close() {
    try {
      forAll(this::end);
    } finally {
      mail.close();
      directory.close();
    }
  }

  private void end(LocalServer server) {
    if (directory.isTemporary() && server instanceof HostedServer hosted) {
      hosted.discard();
    } else {
      server.stop();
    }
  }

  /** Starts those that do not run. */
  void startServers() {
    forAll(LocalServer::start);
  }

  private LocalStack start() {
    try {
      startServers();
      return this;
    } catch (RuntimeException e) {
      try {
        close();
      } catch (RuntimeException further) {
        e.addSuppressed(further);
      }
      throw e;
    }
  }

  // Waits for all even when one fails: what is still starting could not be stopped.
  private void forAll(Consumer<LocalServer> action) {
    List<Future<?>> results = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("local-stack-", 0).factory())) {
      for (LocalServer server : List.of(kafka, postgres, redis, mail)) {
        results.add(threads.submit(() -> action.accept(server)));
      }
    }
    LocalStackException failure = null;
    for (Future<?> result : results) {
      try {
        result.get();
      } catch (ExecutionException e) {
        failure = merge(failure, e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = merge(failure, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static LocalStackException merge(
      @Nullable LocalStackException first, @Nullable Throwable next) {
    if (first != null) {
      if (next != null) {
        first.addSuppressed(next);
      }
      return first;
    }
    return next instanceof LocalStackException told
        ? told
        : new LocalStackException("A server of the local stack failed", next);
  }

  /** The description of a stack. Ports are 0 for any free one. */
  public static final class Builder {
    private @Nullable Path dataDirectory;
    private KafkaMode kafkaMode = KafkaMode.IN_PROCESS;
    private int kafkaPort;
    private int postgresPort;
    private int redisPort;
    private int smtpPort;
    private int mailHttpPort;

    private Builder() {}

    /** Keeps data and logs in this directory, which is created if need be, over restarts. */
    public Builder dataDirectory(Path directory) {
      this.dataDirectory = directory;
      return this;
    }

    /** Says where the broker runs. */
    public Builder kafkaMode(KafkaMode mode) {
      this.kafkaMode = mode;
      return this;
    }

    /** The port of the broker. */
    public Builder kafkaPort(int port) {
      this.kafkaPort = port;
      return this;
    }

    /** The port of Postgres. */
    public Builder postgresPort(int port) {
      this.postgresPort = port;
      return this;
    }

    /** The port of Redis. */
    public Builder redisPort(int port) {
      this.redisPort = port;
      return this;
    }

    /** The port that takes mail. */
    public Builder smtpPort(int port) {
      this.smtpPort = port;
      return this;
    }

    /** The port on which mail is read over HTTP. */
    public Builder mailHttpPort(int port) {
      this.mailHttpPort = port;
      return this;
    }

    // Data in a directory is that of processes.
    private boolean inContainers() {
      return dataDirectory == null && Boolean.getBoolean(CONTAINERS);
    }

    private Set<Integer> fixedPorts() {
      return IntStream.of(kafkaPort, postgresPort, redisPort, smtpPort, mailHttpPort)
          .boxed()
          .collect(Collectors.toSet());
    }

    /**
     * Starts all servers side by side and waits until each of them serves.
     *
     * @throws LocalStackException when a port is taken, the directory is in use, or a server does
     *     not come up; the others are stopped then
     */
    public LocalStack start() {
      return new LocalStack(this).start();
    }
  }
}
