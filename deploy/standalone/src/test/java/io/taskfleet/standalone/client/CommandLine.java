package io.taskfleet.standalone.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line in a process of its own. */
final class CommandLine {
  private final Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private final List<String> properties = new ArrayList<>();
  private String input = "";

  /**
   * What a command came to.
   *
   * @param out standard output
   * @param err standard error
   */
  record Ended(int code, String out, String err) {
    /** The only line of standard output. */
    String line() {
      assertThat(out).as(err).matches("[^\n]+\n");
      return out.strip();
    }
  }

  CommandLine(Path directory) {
    this.directory = directory;
  }

  CommandLine with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** As if standard error, or output, were a terminal. */
  CommandLine terminal(String stream) {
    properties.add("-Dtaskfleet.terminal." + stream + "=true");
    return this;
  }

  CommandLine readyFile(Path file) {
    properties.add("-Dtaskfleet.ready=" + file);
    return this;
  }

  CommandLine input(String text) {
    input = text;
    return this;
  }

  /** How the program is started, up to its arguments. */
  List<String> start() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(properties);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.taskfleet.cli.Main"));
    return command;
  }

  Ended run(String... arguments) throws IOException, InterruptedException {
    List<String> command = start();
    command.addAll(List.of(arguments));
    return run(command);
  }

  Ended run(List<String> command) throws IOException, InterruptedException {
    Path in = Files.writeString(Files.createTempFile(directory, "in", ""), input);
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("TASKFLEET_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return new Ended(process.waitFor(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }
}
