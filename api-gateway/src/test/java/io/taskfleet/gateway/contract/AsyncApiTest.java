package io.taskfleet.gateway.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.handler.TaskType;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.task.Priority;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.TaskState;
import io.taskfleet.wire.Decoded;
import io.taskfleet.wire.EventCodec;
import io.taskfleet.wire.TaskCodec;
import io.taskfleet.wire.TaskHeaders;
import io.taskfleet.wire.TopicLayout;
import io.taskfleet.wire.Topics;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is said of the topics is what the code makes of them. */
class AsyncApiTest {
  private static final Path DOCS = Path.of("../docs/api");
  private static final String TOPIC_ID = "kbWJm3yoRbqMxKxkBz7Yzg";

  private final ObjectNode document = AsyncApi.document();
  private final ObjectNode words = AsyncApi.words();

  @Test
  void channelsAreTheTopicsThatAreMade() {
    List<String> types =
        Stream.concat(BuiltInTypes.all().stream(), Stream.of(BuiltInTypes.BATCH))
            .map(TaskType::name)
            .toList();
    TopicLayout layout = new TopicLayout(1, 1, Duration.ofDays(1), Duration.ofDays(1));

    assertThat(document.get("channels").values())
        .extracting(channel -> channel.get("address").asString())
        .containsExactlyInAnyOrderElementsOf(
            layout.topics(types).stream().map(NewTopic::name).toList());
  }

  @Test
  void everyHeaderIsDescribedAndNoOther() throws IllegalAccessException {
    List<String> described = new ArrayList<>(words.get("task").propertyNames());
    described.addAll(words.get("dead_letter").propertyNames());

    List<String> known = new ArrayList<>();
    for (Field each : TaskHeaders.class.getDeclaredFields()) {
      if (Modifier.isPublic(each.getModifiers())) {
        known.add((String) each.get(null));
      }
    }
    assertThat(described).containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void eventsHaveTheHeadersThatAreDescribed() {
    List<String> written = new ArrayList<>();
    EventCodec.encode(new UUID(1, 2), TaskState.DEAD, new byte[0], 1, Instant.EPOCH)
        .headers()
        .forEach((Header header) -> written.add(header.key()));

    assertThat(words.get("event").propertyNames()).containsExactlyInAnyOrderElementsOf(written);
  }

  @Test
  void everyReasonIsDescribedAndNoOther() {
    assertThat(words.get("reasons").propertyNames())
        .containsExactly(Stream.of(ReasonCode.values()).map(Enum::name).toArray(String[]::new));
  }

  /** A value that a header may have, or may not have. */
  record Value(String header, String text, String expected) {
    @Override
    public String toString() {
      return header + "=" + text + ": " + expected;
    }
  }

  static Stream<Value> values() {
    List<Value> values = new ArrayList<>();
    AsyncApi.words()
        .get("task")
        .properties()
        .forEach(
            header -> {
              String name = header.getKey();
              JsonNode schema = header.getValue().get("schema");
              schema
                  .path("examples")
                  .forEach(each -> values.add(new Value(name, each.asString(), "")));
              header
                  .getValue()
                  .path("refused")
                  .properties()
                  .forEach(
                      each ->
                          values.add(new Value(name, each.getKey(), each.getValue().asString())));
            });
    return values.stream();
  }

  @ParameterizedTest
  @MethodSource("values")
  void headersAreReadAndRefusedAsIsSaid(Value value) {
    Map<String, String> headers = good();
    headers.put(value.header(), value.text());

    Decoded decoded = decode(headers);

    assertThat(decoded instanceof Decoded.Refused refused ? refused.reason().name() : "")
        .isEqualTo(value.expected());
  }

  @ParameterizedTest
  @MethodSource("required")
  void requiredHeadersAreRequired(String missing) {
    Map<String, String> headers = good();
    assertThat(decode(headers)).isInstanceOf(Decoded.Accepted.class);

    headers.remove(missing);

    assertThat(decode(headers)).isInstanceOf(Decoded.Refused.class);
  }

  static List<String> required() {
    return AsyncApi.REQUIRED;
  }

  private static Map<String, String> good() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(TaskHeaders.SPEC_VERSION, "1.0");
    headers.put(TaskHeaders.ID, "01a1fe24-8f69-798a-b174-0f5664c32482");
    headers.put(TaskHeaders.TYPE, TaskCodec.eventType("email"));
    headers.put(TaskHeaders.SOURCE, "/test");
    return headers;
  }

  @Test
  void thePageForPublishersNamesEveryHeaderReasonAndTopic() throws IOException {
    String page = Files.readString(DOCS.resolve("topics.md"));

    assertThat(words.get("reasons").propertyNames())
        .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    assertThat(words.get("task").propertyNames())
        .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    assertThat(words.get("dead_letter").propertyNames())
        .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    assertThat(page).contains(Topics.EVENTS, Topics.of("<type>", Priority.HIGH));
  }

  private static Decoded decode(Map<String, String> headers) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(
            Topics.of("email", Priority.NORMAL), 0, 7, new byte[0], "{}".getBytes(UTF_8));
    headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
    return TaskCodec.decode(record, "email", TOPIC_ID);
  }
}
