package io.taskfleet.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.standalone.client.CommandLine.Ended;
import io.taskfleet.standalone.demo.SharedFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of {@code docs/cli.md}, each in a shell of its own. */
class CliExamplesIT {
  private static final Path PAGE = Path.of("../../docs/cli.md");
  private static final Pattern EXAMPLE = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);

  @TempDir private static Path directory;

  private static SharedFleet fleet;

  /** Commands, and what they print; {@code …} is whatever it is. */
  record Example(String commands, String printed) {}

  @BeforeAll
  static void start() throws IOException {
    fleet = SharedFleet.get();
  }

  static List<Example> examples() throws IOException {
    List<Example> examples =
        EXAMPLE.matcher(Files.readString(PAGE)).results().map(CliExamplesIT::example).toList();
    assertThat(examples).hasSizeGreaterThan(5);
    return examples;
  }

  private static Example example(MatchResult block) {
    List<String> commands = new ArrayList<>();
    List<String> printed = new ArrayList<>();
    for (String line : block.group(1).lines().toList()) {
      if (line.startsWith("$ ") || line.startsWith("> ")) {
        commands.add(line.substring(2));
      } else {
        printed.add(line);
      }
    }
    return new Example(String.join("\n", commands), String.join("\n", printed));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleOfThePageIsTrue(Example example) throws Exception {
    CommandLine line = new CommandLine(directory, fleet.ready());
    Path program = directory.resolve("fleet");
    Files.writeString(
        program,
        line.program().stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" ", "#!/bin/bash\nexec ", " \"$@\"\n")));
    assertThat(program.toFile().setExecutable(true)).isTrue();

    Ended ended = line.execute(List.of("bash", "-c", example.commands()));

    String pattern =
        example
            .printed()
            .lines()
            .map(each -> each.isEmpty() ? "" : quoted(each))
            .collect(Collectors.joining("\n"));
    assertThat((ended.out() + ended.err()).strip()).as(example.commands()).matches(pattern);
  }

  private static String quoted(String line) {
    return List.of(line.split("…", -1)).stream()
        .map(Pattern::quote)
        .collect(Collectors.joining(".*"));
  }
}
