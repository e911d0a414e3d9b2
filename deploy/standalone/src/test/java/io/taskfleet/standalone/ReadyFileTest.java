package io.taskfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadyFileTest {
  private static final ReadyFile READY =
      new ReadyFile(
          "http://127.0.0.1:8080",
          "http://127.0.0.1:8081",
          "tf_key",
          "whsec_secret",
          "127.0.0.1:9092",
          "jdbc:postgresql://127.0.0.1:5432/taskfleet?user=u&password=p",
          "redis://127.0.0.1:6379",
          "127.0.0.1:1025",
          "http://127.0.0.1:8025",
          1,
          new ReadyFile.Member("gateway", 2, "http://127.0.0.1:8081"),
          List.of(new ReadyFile.Member("worker-1", 3, "http://127.0.0.1:8082")));

  @TempDir Path directory;

  @Test
  void comesBackAsItWasWritten() throws IOException {
    Path file = directory.resolve("new/ready.json");

    READY.write(file);

    assertThat(ReadyFile.read(file)).isEqualTo(READY);
    assertThat(Files.readString(file))
        .contains("\"api_key\"", "\"webhook_secret\"", "\"jdbc_url\"", "\"mail_url\"");
  }

  @Test
  void isForItsOwnerAloneAlsoWhenItReplacesAnother() throws IOException {
    Path file = directory.resolve("ready.json");
    Files.writeString(file, "readable by all");

    READY.write(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var left = Files.list(directory)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void saysWhichFileItCannotRead() throws IOException {
    Path file = directory.resolve("ready.json");
    Files.writeString(file, "{\"url\": 1}");

    assertThatIOException()
        .isThrownBy(() -> ReadyFile.read(file))
        .withMessageContaining(file.toString());
  }
}
