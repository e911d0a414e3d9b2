package com.example.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide shows this example, and not what it once was. */
class GuideTest {
  private static final Path GUIDE = Path.of("../../docs/own-types.md");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void everyPieceOfCodeInTheGuideIsFromHere() throws IOException {
    List<String> pieces =
        JAVA.matcher(Files.readString(GUIDE)).results().map(block -> block.group(1)).toList();
    List<String> sources = sources();

    assertThat(pieces).hasSizeGreaterThan(3);
    assertThat(pieces)
        .allSatisfy(
            piece -> assertThat(sources).as(piece).anyMatch(source -> source.contains(piece)));
  }

  private static List<String> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files.filter(file -> file.toString().endsWith(".java")).map(GuideTest::read).toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
