package io.taskfleet.standalone.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.client.Submission;
import io.taskfleet.client.Task;
import io.taskfleet.client.TaskFilter;
import io.taskfleet.client.TaskState;
import io.taskfleet.standalone.client.CommandLine.Ended;
import io.taskfleet.task.TaskIds;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A type that this project does not know, in a jar beside the worker: through every door, and out
 * again.
 */
class OwnTypeIT extends CliFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TOPIC = "taskfleet.thumbnail";

  private static String image;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void paint() throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB), "png", png);
    image = Base64.getEncoder().encodeToString(png.toByteArray());
    await().atMost(PATIENCE).until(() -> types().contains("\"thumbnail\""));
  }

  @Test
  void comesThroughHttpAndIsDone() throws Exception {
    HttpResponse<String> answer =
        post(
            "{\"type\":\"thumbnail\",\"payload\":%s,\"tags\":[\"%s\"]}"
                .formatted(payload("http"), tag));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    UUID id = UUID.fromString(json(answer.body()).path("id").asString());
    Task task = client.await(id, PATIENCE);
    assertThat(task.state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(fleet.albums().resolve("http").resolve(id + ".png")).exists();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(client.list(TaskFilter.all().type("thumbnail").tag(tag)))
                    .extracting(Task::id)
                    .containsExactly(id));
  }

  @Test
  void isRefusedWithPointersAsABuiltInTypeIs() throws Exception {
    HttpResponse<String> answer =
        post(
            "{\"type\":\"thumbnail\",\"payload\":"
                + "{\"album\":\"../etc\",\"width\":\"100\",\"colour\":\"red\"}}");

    assertThat(answer.statusCode()).isEqualTo(422);
    List<String> pointers = new ArrayList<>();
    json(answer.body())
        .path("errors")
        .forEach(each -> pointers.add(each.path("pointer").asString()));
    assertThat(pointers)
        .containsExactlyInAnyOrder(
            "/payload/album", "/payload/width", "/payload/colour", "/payload/image");
    assertThat(post("{\"type\":\"thumbprint\",\"payload\":{}}").body())
        .contains("UNKNOWN_TYPE", "\"/type\"");
  }

  @Test
  void comesFromTheTopicAndIsDone() throws Exception {
    UUID id = UUID.randomUUID();

    publish(id, payload("topic"));

    await().atMost(PATIENCE).until(() -> Files.exists(file("topic", id)));
    assertThat(client.await(id, PATIENCE).state()).isEqualTo(TaskState.SUCCEEDED);
  }

  @Test
  void isRefusedByTheWorkerIfItComesFromTheTopicBroken() throws Exception {
    UUID id = UUID.randomUUID();
    String broken = "{\"album\":\"topic\",\"width\":1}";

    publish(id, broken);

    ConsumerRecord<String, String> letter = deadLetter(id);
    assertThat(letter.value()).isEqualTo(broken);
    assertThat(reason(letter)).isEqualTo("VALIDATION_FAILED");
    assertThat(client.await(id, PATIENCE).state()).isEqualTo(TaskState.DEAD);
  }

  @Test
  void isSubmittedFromTheCommandLine() throws Exception {
    Path file = Files.writeString(directory.resolve("thumbnail.json"), payload("cli"));

    Ended ended = cli().run("submit", "thumbnail", "--payload", "@" + file, "--wait", "--json");

    assertThat(ended.code()).as(ended.err()).isZero();
    JsonNode task = json(ended.line());
    assertThat(task.path("state").asString()).isEqualTo("succeeded");
    assertThat(task.path("result").path("width").asInt()).isEqualTo(64);
  }

  @Test
  void endsOnItsDeadLetterTopicWhenItsAttemptsRunOut() throws Exception {
    Files.createDirectories(fleet.albums());
    Files.writeString(fleet.albums().resolve("in-the-way"), "no directory");

    UUID id =
        client
            .submit(
                Submission.of(
                        "thumbnail", Map.of("album", "in-the-way", "image", image, "width", 64))
                    .maxAttempts(2))
            .id();

    Task task = client.await(id, PATIENCE);
    assertThat(task.state()).isEqualTo(TaskState.DEAD);
    assertThat(task.attempt()).isEqualTo(2);
    assertThat(reason(deadLetter(id))).isEqualTo("RETRIES_EXHAUSTED");
  }

  @Test
  void countsWhatFollowsFromItAndIsMeasuredByItsName() throws Exception {
    UUID id =
        client
            .submit(
                Submission.of("thumbnail", Map.of("album", "counted", "image", image, "width", 64)))
            .id();

    client.await(id, PATIENCE);

    Task next = client.await(TaskIds.fromParent(id, "follow-up 0"), PATIENCE);
    assertThat(next.type()).isEqualTo("analytics");
    assertThat(next.state()).isEqualTo(TaskState.SUCCEEDED);
    assertThat(String.valueOf(next.payload())).contains("thumbnail.made");
    String metrics = fleet.ready().workers().getFirst().url() + "/actuator/prometheus";
    assertThat(
            http.send(HttpRequest.newBuilder(URI.create(metrics)).build(), BodyHandlers.ofString())
                .body())
        .contains("type=\"thumbnail\"");
  }

  private static String payload(String album) {
    return "{\"album\":\"%s\",\"image\":\"%s\",\"width\":64}".formatted(album, image);
  }

  private static Path file(String album, UUID id) {
    return fleet.albums().resolve(album).resolve(id + ".png");
  }

  private static String types() throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(request("/v1/task-types").build(), BodyHandlers.ofString())
        .body();
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(fleet.ready().url() + path))
        .header("Authorization", "Bearer " + fleet.ready().apiKey());
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return http.send(
        request("/v1/tasks")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static void publish(UUID id, String value) throws Exception {
    ProducerRecord<String, String> record = new ProducerRecord<>(TOPIC, "key", value);
    record
        .headers()
        .add("ce_specversion", "1.0".getBytes(UTF_8))
        .add("ce_id", id.toString().getBytes(UTF_8))
        .add("ce_type", "io.taskfleet.thumbnail.v1".getBytes(UTF_8))
        .add("ce_source", "/test".getBytes(UTF_8))
        .add("content-type", "application/json".getBytes(UTF_8));
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", fleet.ready().kafka()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(record).get();
    }
  }

  private static ConsumerRecord<String, String> deadLetter(UUID id) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", fleet.ready().kafka()),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(TOPIC + ".dlt").stream()
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      List<ConsumerRecord<String, String>> found = new ArrayList<>();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                return found.stream().anyMatch(each -> header(each, "ce_id").equals(id.toString()));
              });
      return found.stream()
          .filter(each -> header(each, "ce_id").equals(id.toString()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  private static String reason(ConsumerRecord<?, ?> letter) {
    return header(letter, "taskfleet_dlt-reason");
  }
}
