package io.taskfleet.standalone.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskfleet.cli.Program;
import io.taskfleet.standalone.ReadyFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command line, in this JVM or, where it matters what the process is given and gives back, in a
 * process of its own.
 */
final class CommandLine {
  private static final Path ARCHIVE = Path.of("target/command-line.jsa").toAbsolutePath();

  private final Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private final Set<String> terminals = new HashSet<>();
  private @Nullable Path readyFile;
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

  /** One that is told where this fleet is, and its key. */
  CommandLine(Path directory, ReadyFile fleet) {
    this(directory);
    with("TASKFLEET_URL", fleet.url()).with("TASKFLEET_KEY", fleet.apiKey());
  }

  CommandLine with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** As if standard error, or output, were a terminal. */
  CommandLine terminal(String stream) {
    terminals.add(stream);
    return this;
  }

  CommandLine readyFile(Path file) {
    readyFile = file;
    return this;
  }

  CommandLine input(String text) {
    input = text;
    return this;
  }

  /** Runs a command in this JVM. */
  Ended run(String... arguments) {
    InputStream before = System.in;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
    try {
      int code =
          Program.run(
              List.of(arguments),
              new PrintStream(out, true, UTF_8),
              new PrintStream(err, true, UTF_8),
              terminals,
              environment,
              readyFile);
      return new Ended(code, out.toString(UTF_8), err.toString(UTF_8));
    } finally {
      System.setIn(before);
    }
  }

  /** Runs a command as the launcher does. */
  Ended runApart(String... arguments) throws IOException, InterruptedException {
    List<String> command = program();
    command.addAll(List.of(arguments));
    return execute(command);
  }

  /** How the launcher starts the program, up to its arguments. */
  List<String> program() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + ARCHIVE,
                "-Xlog:disable"));
    terminals.forEach(stream -> command.add("-Dtaskfleet.terminal." + stream + "=true"));
    if (readyFile != null) {
      command.add("-Dtaskfleet.ready=" + readyFile);
    }
    command.addAll(List.of("-cp", jars(), "io.taskfleet.cli.Main"));
    return command;
  }

  // An archive of classes takes no directories.
  private static String jars() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Runs any program in the surroundings of this command line. */
  Ended execute(List<String> command) throws IOException, InterruptedException {
    Path in = Files.writeString(Files.createTempFile(directory, "in", ""), input);
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    surround(builder);
    Process process = builder.start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return new Ended(process.waitFor(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  /** Gives a process the variables of this command line, and no others of the program's. */
  void surround(ProcessBuilder process) {
    process.environment().keySet().removeIf(name -> name.startsWith("TASKFLEET_"));
    process.environment().putAll(environment);
  }
}
