package io.taskfleet.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.standalone.BootApplication;
import io.taskfleet.standalone.ReadyFile;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One more gateway beside that of a running fleet. */
public final class SecondGateway implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(1);

  private final Process process;
  private final String url;

  private SecondGateway(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  public static SecondGateway start(ReadyFile fleet, Path directory) throws IOException {
    BootApplication gateway =
        BootApplication.unpack(
            Path.of(RunningFleet.jar("taskfleet.gateway.jar")), directory.resolve("gateway"));
    Path output = directory.resolve("gateway.log");
    String port = RunningFleet.freePort();
    String management = RunningFleet.freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
                gateway.command(
                    BootApplication.tether(directory),
                    List.of("-Xmx256m", "-Djdk.virtualThreadScheduler.parallelism=8")))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                fleet.kafka(),
                "SPRING_DATASOURCE_URL",
                fleet.jdbcUrl(),
                "TASKFLEET_REDIS_URL",
                fleet.redis(),
                "TASKFLEET_TOPICS_PARTITIONS",
                "6",
                "TASKFLEET_TOPICS_REPLICATION",
                "1",
                "TASKFLEET_RATE_LIMIT_PER_KEY",
                "100000000",
                "SERVER_PORT",
                port,
                "MANAGEMENT_SERVER_PORT",
                management));
    Process process = builder.start();
    SecondGateway second = new SecondGateway(process, "http://127.0.0.1:" + port);
    URI readiness = URI.create("http://127.0.0.1:" + management + "/actuator/health/readiness");
    await().atMost(START_LIMIT).until(() -> !process.isAlive() || isReady(readiness));
    assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
    return second;
  }

  private static boolean isReady(URI readiness) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) readiness.toURL().openConnection();
    try {
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException notYet) {
      return false;
    }
  }

  public String url() {
    return url;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
