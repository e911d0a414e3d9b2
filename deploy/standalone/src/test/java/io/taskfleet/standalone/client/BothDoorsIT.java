package io.taskfleet.standalone.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.client.TaskState;
import io.taskfleet.standalone.ReadyFile;
import io.taskfleet.standalone.demo.SharedFleet;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.Task;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.TaskCodec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** One task through both doors, again and again, at once. */
class BothDoorsIT {
  private static final int THROUGH_EACH = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String key = UUID.randomUUID().toString();
  private final String name = "doors." + key;
  private final UUID id = TaskIds.fromIdempotencyKey(Task.DEFAULT_TENANT, key);

  @Test
  void isOneTaskWithOneEffect() throws Exception {
    SharedFleet fleet = SharedFleet.get();
    ReadyFile ready = fleet.ready();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    Task last = event(UUID.randomUUID(), "doors.last");
    try (HttpClient http = HttpClient.newHttpClient();
        Producer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", ready.kafka()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      for (int i = 0; i < THROUGH_EACH; i++) {
        answers.add(http.sendAsync(post(ready), BodyHandlers.ofString()));
        var _ = producer.send(TaskCodec.encode(event(id, name)));
      }
      answers.forEach(CompletableFuture::join);
      // Behind all the others, in their lane.
      var _ = producer.send(TaskCodec.encode(last));
    }

    assertThat(fleet.client().await(last.id(), PATIENCE).state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(fleet.client().await(id, PATIENCE).state()).isEqualTo(TaskState.SUCCEEDED);
    // 409 while another one is at it; 503 if Kafka was slow to answer.
    assertThat(answers)
        .allSatisfy(answer -> assertThat(answer.join().statusCode()).isIn(202, 409, 503));
    List<String> accepted =
        answers.stream()
            .map(CompletableFuture::join)
            .filter(answer -> answer.statusCode() == 202)
            .map(HttpResponse::body)
            .toList();
    assertThat(accepted).isNotEmpty().allSatisfy(body -> assertThat(body).contains(id.toString()));
    assertThat(count(ready, "select count(*) from task where payload->>'name' = ?")).isEqualTo(1);
    assertThat(count(ready, "select count(*) from analytics_event where name = ?")).isEqualTo(1);
    System.out.printf(
        "%d records and %d POSTs (%d of them 202) of one id: one task, one event%n",
        THROUGH_EACH, answers.size(), accepted.size());
  }

  private Task event(UUID as, String named) {
    return Task.submitted(
        as,
        Task.DEFAULT_TENANT,
        BuiltInTypes.ANALYTICS,
        new Task.Submission(
            Priority.NORMAL, id.toString(), body(named).getBytes(UTF_8), Task.Options.NONE),
        Instant.now(),
        null);
  }

  private HttpRequest post(ReadyFile ready) {
    return HttpRequest.newBuilder(URI.create(ready.url() + "/v1/analytics/events"))
        .header("Authorization", "Bearer " + ready.apiKey())
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", key)
        .POST(BodyPublishers.ofString(body(name)))
        .build();
  }

  private static String body(String named) {
    return "{\"name\":\"%s\"}".formatted(named);
  }

  private long count(ReadyFile ready, String sql) throws SQLException {
    try (Connection database = DriverManager.getConnection(ready.jdbcUrl());
        PreparedStatement count = database.prepareStatement(sql)) {
      count.setString(1, name);
      try (var rows = count.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
