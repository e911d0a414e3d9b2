package io.taskfleet.standalone.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.taskfleet.standalone.demo.SharedFleet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page for publishers shows is run as it stands there, and the tasks are done. */
class PublisherExamplesIT {
  private static final Path PAGE = Path.of("../../docs/api/topics.md");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  @TempDir private static Path directory;

  private static SharedFleet fleet;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws IOException {
    fleet = SharedFleet.get();
    // Kafka's own script, as far as anybody can tell who calls it.
    Files.createFile(
        directory.resolve("kafka-console-producer.sh"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(
        directory.resolve("kafka-console-producer.sh"),
        "#!/bin/sh\nexec '%s' -cp '%s' org.apache.kafka.tools.ConsoleProducer \"$@\"\n"
            .formatted(JAVA, CLASS_PATH));
  }

  @Test
  void aBareValueFromTheConsoleIsATask() throws Exception {
    run(Map.of(), "bash", "-c", example("sh", 0));

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(get("/v1/tasks/export?type=analytics&state=succeeded").body())
                    .contains("from-the-console"));
  }

  @Test
  void aCloudEventFromTheConsoleIsTheTaskItNames() throws Exception {
    String id = UUID.randomUUID().toString();

    run(Map.of("ID", id), "bash", "-c", example("sh", 1));

    assertDone(id, "high");
  }

  @Test
  void theJavaProducerPublishesATask() throws Exception {
    Path source = Files.writeString(directory.resolve("Publish.java"), example("java", 0));

    String id = run(Map.of(), JAVA, "-cp", CLASS_PATH, source.toString());

    assertDone(id, "normal");
  }

  @Test
  void thePythonProducerPublishesATask() throws Exception {
    assumeTrue(hasPythonClient(), "there is no Python here with confluent_kafka");
    Path source = Files.writeString(directory.resolve("publish.py"), example("python", 0));

    assertDone(run(Map.of(), "python3", source.toString()), "normal");
  }

  private static boolean hasPythonClient() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-c", "import confluent_kafka").start().waitFor() == 0;
    } catch (IOException noPython) {
      return false;
    }
  }

  private void assertDone(String id, String priority) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(get("/v1/tasks/" + id).body())
                    .contains("\"state\":\"succeeded\"", "\"priority\":\"" + priority + '"')
                    .contains("\"key\":\"order-17\"", "order.sent"));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(fleet.ready().url() + path))
            .header("Authorization", "Bearer " + fleet.ready().apiKey())
            .build(),
        BodyHandlers.ofString());
  }

  /** The block of this language with this number, from 0. */
  private static String example(String language, int number) throws IOException {
    Matcher blocks =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    List<String> found = blocks.results().map(block -> block.group(1)).toList();
    assertThat(found).as(language).hasSizeGreaterThan(number);
    return found.get(number);
  }

  /** What the program says, without the end of its last line. */
  private static String run(Map<String, String> variables, String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(directory.resolve("err").toFile());
    builder.environment().putAll(variables);
    builder.environment().put("KAFKA", fleet.ready().kafka());
    builder.environment().merge("PATH", directory.toString(), (path, own) -> own + ':' + path);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(directory.resolve("err"))).isZero();
    return said.lines().reduce("", (_, last) -> last);
  }
}
