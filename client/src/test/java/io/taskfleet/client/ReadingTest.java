package io.taskfleet.client;

import static io.taskfleet.client.ScriptedServer.answer;
import static io.taskfleet.client.ScriptedServer.cutOff;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadingTest {
  private static final UUID ID = UUID.fromString("01a1fe24-8f69-798a-b174-0f5664c32482");

  private static String task(int number, String state) {
    return """
    {"id":"01a1fe24-8f69-798a-b174-%012d","type":"email","state":"%s","priority":"high","attempt":2,
     "max_attempts":5,"result":{"message_id":"<a@b>"},"error":{"code":"X","detail":"y","class":"z"},
     "tags":["t"],"created_at":"2026-11-22T08:00:00Z","links":{"self":"/"},"news":[1]}\
    """
        .formatted(number, state);
  }

  private record Sent(String messageId) {}

  @Test
  void readsATaskAndPassesOverWhatItDoesNotKnow() {
    try (ScriptedServer server =
        new ScriptedServer(answer(200, task(1, "succeeded")), answer(200, task(1, "pondering")))) {
      Task task = server.client().get(ID);

      assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
      assertThat(task.isFinal()).isTrue();
      assertThat(task.priority()).isEqualTo(Priority.HIGH);
      assertThat(task.maxAttempts()).isEqualTo(5);
      assertThat(task.createdAt()).isEqualTo(Instant.parse("2026-11-22T08:00:00Z"));
      assertThat(task.error()).isEqualTo(new TaskError("X", "y", "z"));
      assertThat(task.resultAs(Sent.class)).isEqualTo(new Sent("<a@b>"));
      assertThat(server.client().get(ID).state()).isEqualTo(TaskState.UNKNOWN);
    }
  }

  @Test
  void readsATimelineWithWhateverIsKnownOfEachEntry() {
    String json =
        """
        {"id":"%s","state":"dead","truncated":false,"entries":[
          {"event":"accepted","at":"2026-11-22T08:00:00Z"},
          {"event":"attempt_failed","at":"2026-11-22T08:00:01Z","attempt":1,"error":{"class":"c"}}]}
        """
            .formatted(ID);
    try (ScriptedServer server = new ScriptedServer(answer(200, json))) {
      Timeline timeline = server.client().timeline(ID);

      assertThat(timeline.entries())
          .extracting(Timeline.Entry::event)
          .containsExactly("accepted", "attempt_failed");
      assertThat(timeline.entries().get(1).details()).containsOnlyKeys("attempt", "error");
    }
  }

  @Test
  void fetchesAPageWhenItIsNeededAndNotBefore() {
    String first = "{\"items\":[" + task(1, "dead") + "],\"next_page_token\":\"a+b\"}";
    String empty = "{\"items\":[],\"next_page_token\":\"c\"}";
    String last = "{\"items\":[" + task(2, "dead") + "]}";
    try (ScriptedServer server =
        new ScriptedServer(answer(200, first), answer(200, empty), answer(200, last))) {
      Stream<Task> tasks = server.client().list(TaskFilter.all().state(TaskState.DEAD));
      assertThat(server.seen()).isEmpty();

      Iterator<Task> iterator = tasks.iterator();
      assertThat(iterator.next().id().toString()).endsWith("1");
      assertThat(server.seen()).hasSize(1);
      assertThat(iterator.next().id().toString()).endsWith("2");
      assertThat(iterator.hasNext()).isFalse();
      assertThat(server.seen())
          .extracting(ScriptedServer.Seen::path)
          .containsExactly(
              "/v1/tasks?state=dead",
              "/v1/tasks?state=dead&page_token=a%2Bb",
              "/v1/tasks?state=dead&page_token=c");
    }
  }

  @Test
  void waitsAcrossManyPollsAndAnswersHowItStandsWhenTheTimeIsUp() {
    try (ScriptedServer server =
        new ScriptedServer(
            answer(200, task(1, "queued")),
            answer(200, task(1, "running")),
            answer(200, task(1, "succeeded")))) {
      assertThat(server.client().await(ID, Duration.ofSeconds(30)).isFinal()).isTrue();
      assertThat(server.seen()).hasSize(3);
      assertThat(server.seen().get(0).path()).endsWith("?wait=20000ms");
    }
    try (ScriptedServer server = new ScriptedServer(answer(200, task(1, "running")))) {
      assertThat(server.client().await(ID, Duration.ofMillis(300)).state())
          .isEqualTo(TaskState.RUNNING);
      // A gateway that does not wait is not asked without pause.
      assertThat(server.seen()).hasSizeLessThan(10);
    }
  }

  @Test
  void doesNotTakeAPieceOfABatchForTheWhole() {
    String ended =
        """
        {"id":"%s","state":"finished","total":%d,"processed":%d,"counts":{"succeeded":%d},
         "created_at":"2026-11-22T08:00:00Z","finished_at":"2026-11-22T08:00:01Z"}
        """;
    BatchReceipt receipt = new BatchReceipt(ID, 9, 0, List.of(), false, null);
    try (ScriptedServer server =
        new ScriptedServer(
            answer(200, ended.formatted(ID, 4, 4, 4)), answer(200, ended.formatted(ID, 9, 9, 9)))) {
      assertThat(server.client().batches().await(receipt, Duration.ofSeconds(30)).total())
          .isEqualTo(9);
      assertThat(server.seen()).hasSize(2);
    }
  }

  @Test
  void saysWhenADownloadBreaksOff() {
    try (ScriptedServer server = new ScriptedServer(cutOff(200, "{\"a\":1}\n{\"a\":2}\n{\"a"));
        Stream<String> lines = server.client().export(TaskFilter.all(), DownloadFormat.NDJSON)) {
      Iterator<String> iterator = lines.iterator();

      assertThat(iterator.next()).isEqualTo("{\"a\":1}");
      assertThat(iterator.next()).isEqualTo("{\"a\":2}");
      assertThatThrownBy(iterator::next).isInstanceOf(UnavailableException.class);
      assertThat(server.seen().get(0).path()).isEqualTo("/v1/tasks/export?format=ndjson");
    }
  }
}
