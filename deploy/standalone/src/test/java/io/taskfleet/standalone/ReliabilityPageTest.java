package io.taskfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every test that docs/reliability.md names is there. */
class ReliabilityPageTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern TEST = Pattern.compile("`(\\w+[a-z](?:IT|Test))`");

  @Test
  void namesTestsThatThereAre() throws IOException {
    List<MatchResult> named =
        TEST.matcher(Files.readString(ROOT.resolve("docs/reliability.md"))).results().toList();
    Set<String> there;
    try (Stream<Path> files = Files.walk(ROOT)) {
      there =
          files
              .map(Path::toString)
              .filter(file -> file.contains("src/test/java") && file.endsWith(".java"))
              .map(file -> file.replaceFirst(".*/(\\w+)\\.java", "$1"))
              .collect(Collectors.toSet());
    }

    assertThat(named).hasSizeGreaterThan(30);
    assertThat(named).extracting(each -> each.group(1)).isSubsetOf(there);
  }
}
