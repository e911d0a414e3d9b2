package io.taskfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the images are built from is what Docker is let to see. */
class ImageSourcesTest {
  private static final Path ROOT = Path.of("../..");

  @Test
  void whateverTheBuildCopiesIsLetThrough() throws IOException {
    List<String> let =
        Files.readAllLines(ROOT.resolve(".dockerignore")).stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();

    List<String> copied =
        Files.readAllLines(ROOT.resolve("deploy/docker/Dockerfile")).stream()
            .filter(line -> line.startsWith("COPY ") && !line.contains("--from"))
            .map(line -> line.split(" +"))
            .flatMap(words -> Arrays.stream(words, 1, words.length - 1))
            .toList();

    assertThat(copied)
        .isNotEmpty()
        .allMatch(
            source ->
                let.stream().anyMatch(each -> source.equals(each) || source.startsWith(each + '/')),
            "let through by .dockerignore");
  }

  @Test
  void theBuildKnowsEveryModule() throws IOException {
    String build = Files.readString(ROOT.resolve("deploy/docker/Dockerfile"));

    assertThat(Files.readAllLines(ROOT.resolve("pom.xml")))
        .map(String::strip)
        .filteredOn(line -> line.startsWith("<module>"))
        .isNotEmpty()
        .allMatch(
            line -> build.contains("COPY " + line.replaceAll("</?module>", "") + "/pom.xml "),
            "copied by the Dockerfile");
  }
}
