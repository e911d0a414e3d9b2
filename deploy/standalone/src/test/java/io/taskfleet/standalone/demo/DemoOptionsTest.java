package io.taskfleet.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskfleet.standalone.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoOptionsTest {
  private static final String READY =
      """
      {"url": "http://ready", "management_url": "http://m", "api_key": "tf_ready",
       "webhook_secret": "whsec_ready", "kafka": "k:1", "jdbc_url": "jdbc:x", "redis": "redis://r",
       "smtp": "s:1", "mail_url": "http://mail", "pid": 1,
       "gateway": {"name": "gateway", "pid": 2, "url": "http://m"}, "workers": []}
      """;

  @TempDir Path directory;

  @Test
  void findsTheFleetThatIsUp() throws IOException {
    Target target = parse(Map.of(), "--ready", readyFile());

    assertThat(target.url()).isEqualTo("http://ready");
    assertThat(target.apiKey()).isEqualTo("tf_ready");
    assertThat(target.receiverHost()).isEqualTo("127.0.0.1");
  }

  @Test
  void prefersOptionsToTheEnvironmentAndBothToTheReadyFile() throws IOException {
    Map<String, String> environment =
        Map.of("TASKFLEET_URL", "http://variable", "TASKFLEET_API_KEY", "tf_variable");

    Target target = parse(environment, "--ready", readyFile(), "--url", "http://option");

    assertThat(target.url()).isEqualTo("http://option");
    assertThat(target.apiKey()).isEqualTo("tf_variable");
    assertThat(target.kafka()).isEqualTo("k:1");
  }

  @Test
  void knowsWhatDockerComposePublishes() throws IOException {
    String compose = Files.readString(Path.of("../../docker-compose.yml"));

    Target target = parse(Map.of(), "--compose");

    assertThat(compose).contains(target.apiKey(), target.webhookSecret(), target.receiverHost());
    assertThat(compose).contains(":-29092}:29092", ":-8080}:8080", ":-5432}:5432", ":-6379}:6379");
  }

  @Test
  void saysWhatToDoWhenNoFleetIsUp() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(Map.of(), "--ready", directory.resolve("none").toString()))
        .withMessageContaining("./fleet up");
  }

  private String readyFile() throws IOException {
    return Files.writeString(directory.resolve("ready.json"), READY).toString();
  }

  private static Target parse(Map<String, String> environment, String... arguments) {
    return DemoOptions.parse(arguments, environment);
  }
}
