package io.taskfleet.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.wire.RedisKeys;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A worker that stands still until others have done what it had begun, and then goes on. */
class StoppedWorkerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TASKS = 8;
  private static final String SESSION = "spring.kafka.consumer.properties.session.timeout.ms=6000";
  private static final String HEARTBEAT =
      "spring.kafka.consumer.properties.heartbeat.interval.ms=1000";

  @Test
  void itsLateWritesChangeNothingAndAreCountedAsFenced() throws Exception {
    UUID batch = UUID.randomUUID();
    int port = freePort();
    try (TestFleet fleet =
            new TestFleet(SharedLocalStack.get(), SharedLocalStack.createDatabase("stopped"));
        ChildWorker stopped = ChildWorker.start(fleet, "server.port=" + port, SESSION, HEARTBEAT)) {
      fleet.awaitCreated(ScriptHandler.TYPE);
      List<Task> tasks =
          IntStream.range(0, TASKS)
              .mapToObj(i -> TestTasks.ofBatch(slow(fleet, "stopped" + i), batch))
              .toList();
      fleet.publishAll(tasks);
      awaitRunning(tasks);

      stopped.pause();
      fleet.startScriptWorker(SESSION, HEARTBEAT);
      tasks.forEach(task -> fleet.awaitState(task.id(), "succeeded"));
      stopped.resume();

      await().atMost(PATIENCE).until(() -> health(port).contains("\"fenced\":" + TASKS));
      assertThat(
              fleet.count(
                  "select count(*) from batch where id = ? and succeeded = ? and dead = 0",
                  batch,
                  TASKS))
          .isEqualTo(1);
      assertThat(fleet.count("select count(*) from task where attempt <> 1 or delivery <> 1"))
          .isZero();
      assertThat(fleet.count("select count(distinct worker) from task")).isEqualTo(1);
      assertThat(fleet.count("select count(*) from task_attempt")).isZero();
      await().atMost(PATIENCE).until(() -> fleet.topics.lag(ScriptHandler.TYPE) == 0);
      System.out.printf("%d of %d late writes fenced%n", TASKS, TASKS);
    }
  }

  private static Task slow(TestFleet fleet, String key) {
    return fleet.script(
        "{\"does\":\"succeed\",\"millis\":4000}", key, Task.DEFAULT_TENANT, Priority.NORMAL);
  }

  private static void awaitRunning(List<Task> tasks) {
    try (RedisClient client = RedisClient.create(SharedLocalStack.get().redisUri());
        StatefulRedisConnection<String, String> redis = client.connect()) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  tasks.stream()
                      .map(task -> redis.sync().get(RedisKeys.task(task.id())))
                      .allMatch(StoppedWorkerIT::isRunning));
    }
  }

  private static boolean isRunning(@Nullable String status) {
    return status != null && status.contains("\"running\"");
  }

  private static String health(int port) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:%d/actuator/health".formatted(port)))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException notYet) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
