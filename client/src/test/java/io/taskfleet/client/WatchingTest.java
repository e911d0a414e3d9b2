package io.taskfleet.client;

import static io.taskfleet.client.ScriptedServer.answer;
import static io.taskfleet.client.ScriptedServer.cutOff;
import static io.taskfleet.client.ScriptedServer.events;
import static io.taskfleet.client.ScriptedServer.hangUp;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WatchingTest {
  private static final UUID ID = UUID.fromString("01a1fe24-8f69-798a-b174-0f5664c32482");

  private static String task(String state) {
    return """
    {"id":"%s","type":"email","state":"%s","attempt":0,"created_at":"2026-11-22T08:00:00Z"}\
    """
        .formatted(ID, state);
  }

  private static String event(String id, String state) {
    return "id: " + id + "\nevent: task\ndata: " + task(state) + "\n\n";
  }

  @Test
  void tellsEachChangeToTheLast() {
    String stream =
        ": hello\n\n" + event("1", "queued") + event("2", "running") + event("3", "succeeded");
    try (ScriptedServer server = new ScriptedServer(events(stream));
        Stream<Task> changes = server.client().watch(ID)) {

      assertThat(changes.map(Task::state).toList())
          .containsExactly(TaskState.QUEUED, TaskState.RUNNING, TaskState.SUCCEEDED);
      assertThat(server.seen()).hasSize(1);
      assertThat(server.seen().get(0).path()).isEqualTo("/v1/tasks/" + ID + "/events");
    }
  }

  @Test
  void goesOnFromWhereItWasWhenTheConnectionIsLost() {
    try (ScriptedServer server =
            new ScriptedServer(
                cutOff(200, "retry: 1\n\n" + event("1", "queued") + "id: 2\nevent: ta"),
                hangUp(),
                answer(503, "{}", "Retry-After", "0"),
                events(event("2", "running")),
                events(event("3", "dead")));
        Stream<Task> changes = server.client().watch(ID)) {

      assertThat(changes.map(Task::state).toList())
          .containsExactly(TaskState.QUEUED, TaskState.RUNNING, TaskState.DEAD);
      assertThat(server.seen())
          .extracting(ScriptedServer.Seen::lastEventId)
          .containsExactly("null", "1", "1", "1", "2");
    }
  }

  @Test
  void asksByItselfWhenTheGatewayDoesNotTell() {
    for (int status : List.of(404, 406)) {
      try (ScriptedServer server =
              new ScriptedServer(
                  answer(status, "{\"status\":" + status + "}"),
                  answer(200, task("queued")),
                  answer(200, task("queued")),
                  answer(200, task("cancelled")));
          Stream<Task> changes = server.client().watch(ID)) {

        assertThat(changes.map(Task::state).toList())
            .containsExactly(TaskState.QUEUED, TaskState.CANCELLED);
        assertThat(server.seen().get(2).path()).isEqualTo("/v1/tasks/" + ID + "?wait=1000ms");
      }
    }
  }

  @Test
  void knowsATaskThatIsNotThere() {
    try (ScriptedServer server = new ScriptedServer(answer(404, "{\"status\":404}"));
        Stream<Task> changes = server.client().watch(ID)) {
      assertThatThrownBy(changes::toList).isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void givesUpAServerThatEndsEveryStream() {
    try (ScriptedServer server = new ScriptedServer(events(": nothing\n\n"));
        Stream<Task> changes = server.client().watch(ID)) {
      assertThatThrownBy(changes::toList).isInstanceOf(UnavailableException.class);
      assertThat(server.seen()).hasSize(5);
    }
  }

  @Test
  void givesUpAConnectionOnWhichNothingComes() {
    ScriptedServer.Answer silence =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(event("1", "running").getBytes(UTF_8));
          exchange.getResponseBody().flush();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (ScriptedServer server = new ScriptedServer(silence, events(event("2", "succeeded")))) {
      TaskfleetClient client =
          TaskfleetClient.at(server.url()).stallTimeout(Duration.ofMillis(300)).build();
      long began = System.nanoTime();
      try (Stream<Task> changes = client.watch(ID)) {
        assertThat(changes.map(Task::state).toList())
            .containsExactly(TaskState.RUNNING, TaskState.SUCCEEDED);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void closingItFromElsewhereEndsIt() throws Exception {
    ScriptedServer.Answer silence =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(event("1", "running").getBytes(UTF_8));
          exchange.getResponseBody().flush();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (ScriptedServer server = new ScriptedServer(silence)) {
      Stream<Task> changes = server.client().watch(ID);
      AtomicLong told = new AtomicLong();
      Thread reader = new Thread(() -> changes.forEach(task -> told.incrementAndGet()));
      reader.start();
      await().until(() -> told.get() == 1 && reader.getState() == Thread.State.TIMED_WAITING);

      long closed = System.nanoTime();
      changes.close();
      reader.join();

      assertThat(Duration.ofNanos(System.nanoTime() - closed)).isLessThan(Duration.ofSeconds(10));
      assertThat(told).hasValue(1);
    }
  }

  @Test
  void tellsWhatHappensAfterAnEventWithoutAnEnd() {
    try (ScriptedServer server =
            new ScriptedServer(
                events("id: 5\nevent: task.succeeded\ndata: {\"task\":1}\n\n"),
                events("id: 6\nevent: task.dead\ndata: {\"task\":2}\n\n"));
        Stream<LifecycleEvent> events = server.client().events("4")) {

      assertThat(events.limit(2).map(event -> event.id() + event.kind() + event.data()).toList())
          .containsExactly("5task.succeeded{\"task\":1}", "6task.dead{\"task\":2}");
      assertThat(server.seen())
          .extracting(ScriptedServer.Seen::lastEventId)
          .containsExactly("4", "5");
    }
  }

  @Test
  void endsWhenTheServerHasNothingToTell() {
    try (ScriptedServer server = new ScriptedServer(answer(204, ""));
        Stream<LifecycleEvent> events = server.client().events()) {
      assertThat(events.toList()).isEmpty();
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void passesOverEventsThatAreForOthers() {
    String stream = "event: heartbeat\ndata: {}\n\n" + event("1", "expired");
    try (ScriptedServer server = new ScriptedServer(events(stream));
        Stream<Task> changes = server.client().watch(ID)) {
      assertThat(changes.map(Task::state).toList()).containsExactly(TaskState.EXPIRED);
    }
  }
}
