package io.taskfleet.gateway.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.OtherTenant;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.gateway.cancel.CancelledEvents;
import io.taskfleet.gateway.retention.RetentionProperties;
import io.taskfleet.gateway.status.AcceptanceNotes;
import io.taskfleet.localstack.SharedLocalStack;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.Topics;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Batches that the workers have counted: reading, waiting for, downloading, cancelling them. */
class CountedBatchIT {
  // Does nothing at all.
  private static final ScheduledThreadPoolExecutor IDLE =
      new ScheduledThreadPoolExecutor(1) {
        @Override
        public void execute(Runnable task) {}
      };

  private static TestGateway gateway;
  private static GatewayClient client;
  private static GatewayClient other;
  private static StoredBatches batches;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.onSharedServers(
            "counted_batch", Map.of("taskfleet.batches.cancel-at-once", "3"));
    client = new GatewayClient(gateway.url(), TestGateway.KEY);
    other = OtherTenant.client(gateway, "other");
    batches = new StoredBatches(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void anothersBatchIsNotThere() {
    UUID id = TaskIds.fromIdempotencyKey("default", "of default");
    batches.row(id, 1, 0);

    for (String path : List.of("", "?wait=1s", "/results", "/results?format=csv")) {
      assertThat(other.get("/v1/batches/" + id + path).statusCode()).isEqualTo(404);
      assertThat(client.get("/v1/batches/" + id + path).statusCode()).isEqualTo(200);
    }
    assertThat(delete(other, id).statusCode()).isEqualTo(404);
    assertThat(read(id).get("state").asString()).isEqualTo("running");
    assertThat(client.get("/v1/batches/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
    assertThat(client.get("/v1/batches/x").statusCode()).isEqualTo(404);
  }

  @Test
  void itCannotBeSaidThatABatchIsNotThereBeforeItsRowIsWritten() {
    UUID id = TaskIds.fromIdempotencyKey("default", "a moment ago");
    Openings openings = new Openings(gateway.bean(BatchRows.class), IDLE);
    BatchReader reader = reader(openings);

    openings.opened(id, "default", Instant.now());

    assertThatThrownBy(() -> reader.find("default", id.toString()))
        .hasMessageContaining("it cannot be said");
    assertThatThrownBy(() -> reader.find("other", id.toString()))
        .hasMessageContaining("there is no batch");
  }

  @Test
  void aBatchWhoseRowIsJustBeingWrittenIsFound() {
    UUID id = TaskIds.fromIdempotencyKey("default", "just now");
    Thread asking = Thread.currentThread();
    ScheduledThreadPoolExecutor background =
        new ScheduledThreadPoolExecutor(1) {
          @Override
          public void execute(Runnable write) {
            Thread.startVirtualThread(
                () -> {
                  await().until(() -> asking.getState() == Thread.State.TIMED_WAITING);
                  write.run();
                });
          }
        };
    Openings openings = new Openings(gateway.bean(BatchRows.class), background);

    openings.opened(id, "default", Instant.now());

    assertThat(reader(openings).find("default", id.toString()).id()).isEqualTo(id);
  }

  @Test
  void aBatchIsReadWithItsCounts() {
    UUID id = UUID.randomUUID();
    batches.row(id, 10, 4);

    JsonNode batch = read(id);

    assertThat(batch.get("state").asString()).isEqualTo("running");
    assertThat(batch.get("total").asInt()).isEqualTo(10);
    assertThat(batch.get("processed").asInt()).isEqualTo(4);
    assertThat(batch.at("/counts/pending").asInt()).isEqualTo(6);
    assertThat(batch.at("/counts/succeeded").asInt()).isEqualTo(4);
    assertThat(batch.at("/links/results").asString()).isEqualTo("/v1/batches/" + id + "/results");
    assertThat(client.get("/v1/batches/" + id).headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void whoWaitsIsAnsweredWithTheResultsWhenTheLastHasEnded() {
    UUID id = UUID.randomUUID();
    batches.row(id, 2, 0);
    batches.task(id, "succeeded", "k");
    Thread ends =
        Thread.startVirtualThread(
            () -> {
              batches.task(id, "succeeded", "k");
              batches.sql("update batch set succeeded = 2, finished_at = now() where id = ?", id);
            });

    JsonNode batch = GatewayClient.json(client.get("/v1/batches/" + id + "?wait=20s"));

    assertThat(batch.get("state").asString()).isEqualTo("finished");
    assertThat(batch.get("processed").asInt()).isEqualTo(2);
    assertThat(batch.get("results")).hasSize(2);
    assertThat(batch.at("/results/0/result/ok").asBoolean()).isTrue();
    assertThat(ends).isNotNull();
  }

  @Test
  void whoWaitsInVainIsAnsweredWhenTheTimeIsUp() {
    UUID id = UUID.randomUUID();
    batches.row(id, 2, 1);

    HttpResponse<String> answer = client.get("/v1/batches/" + id + "?wait=300ms");

    assertThat(GatewayClient.json(answer).get("state").asString()).isEqualTo("running");
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void resultsAreDownloadedOverManyPages() {
    UUID id = UUID.randomUUID();
    batches.row(id, 1_201, 1_201);
    IntStream.range(0, 1_200).forEach(n -> batches.task(id, "succeeded", "k"));
    batches.task(id, "dead", "=cmd()");
    batches.task(id, "retrying", "k");

    HttpResponse<String> lines = client.get("/v1/batches/" + id + "/results");
    HttpResponse<String> csv = client.get("/v1/batches/" + id + "/results?format=csv");

    assertThat(lines.body().lines()).hasSize(1_201).doesNotHaveDuplicates();
    assertThat(lines.headers().firstValue("Content-Disposition").orElseThrow())
        .contains("attachment", id + ".ndjson");
    assertThat(csv.body().lines()).hasSize(1_202);
    assertThat(csv.body()).contains(",dead,'=cmd(),");
    assertThat(csv.headers().firstValue("Content-Type")).contains("text/csv;charset=utf-8");
    assertThat(client.get("/v1/batches/" + id + "/results?format=xls").statusCode()).isEqualTo(400);
  }

  @Test
  void largeResultsAreDownloadedAFewAtATimeAndNotSentWithTheBatch() {
    UUID id = UUID.randomUUID();
    batches.row(id, 20, 20);
    IntStream.range(0, 20).forEach(n -> batches.task(id, "succeeded", "k"));
    batches.sql(
        "update task set result = json_build_object('x', repeat('x', 300000)) where batch_id = ?",
        id);

    HttpResponse<String> waited = client.get("/v1/batches/" + id + "?wait=0");
    HttpResponse<String> lines = client.get("/v1/batches/" + id + "/results");

    assertThat(GatewayClient.json(waited).get("processed").asInt()).isEqualTo(20);
    assertThat(GatewayClient.json(waited).has("results")).isFalse();
    assertThat(lines.body().lines()).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void cancellingStopsWhatWaitsAndLeavesTheRestToTheWorkers() {
    UUID id = UUID.randomUUID();
    batches.row(id, 7, 1);
    batches.task(id, "succeeded", "k");
    IntStream.range(0, 5).forEach(n -> batches.task(id, "scheduled", "k"));

    JsonNode batch = GatewayClient.json(delete(client, id));

    assertThat(batch.get("state").asString()).isEqualTo("cancelling");
    assertThat(batch.at("/counts/cancelled").asInt()).isEqualTo(3);
    assertThat(
            batches.count(
                "select count(*) from task where batch_id = ? and state = 'cancelled'", id))
        .isEqualTo(3);
    assertThat(GatewayClient.json(delete(client, id)).at("/counts/cancelled").asInt()).isEqualTo(5);
  }

  @Test
  void cancellingIsToldToWhoReadsAndWhoListens() {
    UUID id = UUID.randomUUID();
    Task task =
        Task.submitted(
            UUID.randomUUID(),
            "default",
            "analytics",
            new Task.Submission(
                Priority.NORMAL, "k", "{\"name\":\"n\"}".getBytes(UTF_8), Task.Options.NONE),
            Instant.now(),
            null);
    batches.row(id, 2, 0);
    batches.task(task.id(), id, "scheduled", "k");
    gateway.bean(AcceptanceNotes.class).note(task);
    String path = "/v1/tasks/" + task.id();
    await().until(() -> client.get(path).body().contains("\"queued\""));

    assertThat(delete(client, id).statusCode()).isEqualTo(200);

    await().until(() -> client.get(path).body().contains("\"cancelled\""));
    try (TopicReader topics = new TopicReader(SharedLocalStack.get().kafkaBootstrap())) {
      await().until(() -> topics.records(Topics.EVENTS, task.id() + "/cancelled/0").size() == 1);
    }
  }

  @Test
  void cancellingTheLastEndsTheBatchAndNothingFollows() {
    UUID id = UUID.randomUUID();
    batches.row(id, 1, 0);
    batches.task(id, "scheduled", "k");
    UUID next = UUID.randomUUID();
    batches.task(next, UUID.randomUUID(), "scheduled", "k");
    batches.sql("update batch set on_complete = ? where id = ?", next, id);

    JsonNode batch = GatewayClient.json(delete(client, id));

    assertThat(batch.get("state").asString()).isEqualTo("cancelled");
    assertThat(
            batches.count("select count(*) from task where id = ? and state = 'cancelled'", next))
        .isEqualTo(1);
    assertThat(delete(client, id).statusCode()).isEqualTo(200);
  }

  @Test
  void aBatchThatHasEndedIsNotCancelled() {
    UUID id = UUID.randomUUID();
    batches.row(id, 1, 1);
    batches.sql("update batch set finished_at = now() where id = ?", id);

    assertThat(delete(client, id).statusCode()).isEqualTo(409);
  }

  private static HttpResponse<String> delete(GatewayClient by, UUID id) {
    return by.send(by.request("/v1/batches/" + id).DELETE().build());
  }

  private static JsonNode read(UUID id) {
    return GatewayClient.json(client.get("/v1/batches/" + id));
  }

  private static BatchReader reader(Openings openings) {
    return new BatchReader(
        gateway.bean(BatchRows.class),
        openings,
        gateway.bean(BatchWatcher.class),
        new BatchReader.Told(
            gateway.bean(AcceptanceNotes.class), gateway.bean(CancelledEvents.class)),
        gateway.bean(RetentionProperties.class),
        Clock.systemUTC());
  }
}
