package io.taskfleet.gateway.schedule;

import static io.taskfleet.gateway.schedule.ScheduleIT.client;
import static io.taskfleet.gateway.schedule.ScheduleIT.gateway;
import static io.taskfleet.gateway.schedule.ScheduleIT.other;
import static io.taskfleet.gateway.schedule.ScheduleIT.topics;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TopicReader;
import io.taskfleet.wire.TaskHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A schedule is run at once. Cases of {@link ScheduleIT}. */
abstract class ScheduleRuns extends ScheduleCases {
  @Test
  void runsAtOnceWhatItWouldFire() {
    create("run-me", "\"cron\":\"0 0 0 1 1 *\"");
    JsonNode before = read("run-me");

    HttpResponse<String> run = run(client, "run-me");
    HttpResponse<String> keyed = run(client, "run-me", "Idempotency-Key", "r-1");
    HttpResponse<String> again = run(client, "run-me", "Idempotency-Key", "r-1");

    assertThat(run.statusCode()).as(run.body()).isEqualTo(202);
    String id = GatewayClient.json(run).get("id").asString();
    assertThat(run.headers().firstValue("Location")).contains("/v1/tasks/" + id);
    assertThat(GatewayClient.json(run).get("state").asString()).isEqualTo("queued");
    List<ConsumerRecord<byte[], byte[]>> records = topics.records("taskfleet.analytics", id);
    assertThat(records).hasSize(1);
    assertThat(new String(records.getFirst().value(), UTF_8)).isEqualTo(PAYLOAD);
    assertThat(new String(records.getFirst().key(), UTF_8)).isEqualTo(id);
    assertThat(TopicReader.header(records.getFirst(), TaskHeaders.TRACEPARENT))
        .isEqualTo(run.headers().firstValue("traceparent").orElseThrow());
    assertThat(GatewayClient.json(keyed).get("id")).isEqualTo(GatewayClient.json(again).get("id"));
    assertThat(read("run-me")).isEqualTo(before);
  }

  @Test
  void aKeyIsGoodForOneRunOfOneSchedule() {
    create("keyed", "\"every\":\"1h\"");
    create("keyed-too", "\"every\":\"1h\"");
    String key = "run " + UUID.randomUUID();

    HttpResponse<String> first = run(client, "keyed", "Idempotency-Key", key);
    patched("keyed", "{\"task\":{\"payload\":{\"name\":\"changed\"}}}");
    HttpResponse<String> again = run(client, "keyed", "Idempotency-Key", key);
    HttpResponse<String> other = run(client, "keyed-too", "Idempotency-Key", key);

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("Idempotent-Replayed")).hasValue("true");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(GatewayClient.json(other).get("type").asString())
        .isEqualTo("/problems/idempotency-key-reused");
    String task = GatewayClient.json(first).get("id").asString();
    assertThat(topics.records("taskfleet.analytics", task)).hasSize(1);
  }

  @Test
  void whatHasExpiredIsNotRun() {
    create("late", "\"every\":\"1h\"");
    gateway
        .bean(JdbcClient.class)
        .sql("update schedule set expires_at = now() - interval '1 second'")
        .update();

    assertThat(run(client, "late").statusCode()).isEqualTo(409);
  }
}
