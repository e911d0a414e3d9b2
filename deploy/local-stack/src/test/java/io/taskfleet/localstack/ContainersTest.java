package io.taskfleet.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContainersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {Containers.KAFKA_IMAGE, Containers.POSTGRES_IMAGE, Containers.REDIS_IMAGE})
  void runsTheImagesOfTheComposeFile(String image) throws Exception {
    assertThat(Files.readAllLines(Path.of("../../docker-compose.yml")))
        .contains("    image: " + image);
  }
}
