package io.taskfleet.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.task.Priority;
import io.taskfleet.task.Progress;
import io.taskfleet.task.RawJson;
import io.taskfleet.task.Tags;
import io.taskfleet.task.TaskError;
import io.taskfleet.task.TaskState;
import io.taskfleet.task.TaskStatus;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class StatusJsonTest {
  private static final List<String> TEXTS =
      List.of(
          "plain",
          "",
          "with \"quotes\" and \\",
          "line\nbreak\ttab\u0001",
          "ünïcode ☃",
          "\uD83D\uDE00",
          "<script>",
          "\u007f\u2028");

  private final StatusJson json = new StatusJson();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void writesWhatTheMapperWrites(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      TaskStatus status = random(random);

      StatusJson.Written written = json.write(status);

      ObjectNode expected = (ObjectNode) StrictJson.mapper().valueToTree(status);
      assertThat(tree(written.whole())).as("seed %d", seed).isEqualTo(reread(expected));
      expected.remove(List.of("payload", "result"));
      assertThat(tree(written.withoutBodies())).as("seed %d", seed).isEqualTo(reread(expected));
    }
  }

  private static JsonNode tree(byte[] bytes) {
    return StrictJson.mapper().readTree(bytes);
  }

  private static JsonNode reread(JsonNode node) {
    return StrictJson.mapper().readTree(node.toString());
  }

  private static TaskStatus random(Random random) {
    return new TaskStatus(
        new UUID(random.nextLong(), random.nextLong()),
        "acme",
        "email",
        one(random, TaskState.values()),
        one(random, Priority.values()),
        text(random),
        random.nextInt(5),
        random.nextBoolean() ? null : random.nextInt(100),
        body(random),
        body(random),
        random.nextBoolean()
            ? null
            : new TaskError(text(random), text(random), random.nextBoolean() ? null : text(random)),
        random.nextBoolean() ? null : one(random, Tags.parse("a"), Tags.parse("a,b:1,c")),
        random.nextBoolean() ? null : new UUID(random.nextLong(), random.nextLong()),
        time(random),
        random.nextBoolean() ? null : time(random),
        random.nextBoolean() ? null : time(random),
        random.nextBoolean() ? null : time(random),
        random.nextBoolean() ? null : time(random),
        random.nextBoolean() ? null : new Progress(random.nextInt(101), text(random)));
  }

  @SafeVarargs
  private static <T> T one(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static @Nullable RawJson body(Random random) {
    return random.nextBoolean()
        ? null
        : new RawJson("{\"n\":%d,\"s\":\"ü\"}".formatted(random.nextInt()).getBytes(UTF_8));
  }

  /** Few seconds, so that some follow on each other. */
  private static Instant time(Random random) {
    long unit = new long[] {1, 1_000, 1_000_000, 1_000_000_000}[random.nextInt(4)];
    return Instant.ofEpochSecond(
        1_790_000_000L + random.nextInt(3), random.nextLong(1_000_000_000) / unit * unit);
  }
}
