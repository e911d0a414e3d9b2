package io.taskfleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.taskfleet.client.DeniedException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.TypeConversionException;

/** The program behind {@code ./fleet submit} and its like. */
public final class Main {
  private Main() {}

  /**
   * Runs a command and ends the process.
   *
   * <p>The launcher sets {@code taskfleet.ready}, the file of a fleet on this machine, and {@code
   * taskfleet.terminal.out} and {@code .err}.
   */
  public static void main(String[] arguments) {
    String ready = System.getProperty("taskfleet.ready", "");
    Path readyFile = ready.isEmpty() ? null : Path.of(ready);
    System.exit(run(arguments, Terminal.ofProcess(), readyFile));
  }

  static int run(String[] arguments, Terminal terminal, @Nullable Path readyFile) {
    Connection.Surroundings surroundings =
        new Connection.Surroundings(terminal.environment(), readyFile);
    CommandLine line =
        new CommandLine(new FleetCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExpandAtFiles(false)
            .registerConverter(Duration.class, new Times.OfDuration())
            .registerConverter(Instant.class, new Times.OfInstant())
            .registerConverter(UUID.class, Main::id)
            .setOut(writer(terminal.out()))
            .setErr(writer(terminal.err()))
            .setColorScheme(
                Help.defaultColorScheme(terminal.isColourful() ? Help.Ansi.ON : Help.Ansi.OFF))
            .setParameterExceptionHandler((wrong, _) -> explain(wrong))
            .setExecutionExceptionHandler((failure, _, _) -> explain(failure, terminal));
    line.setExecutionStrategy(
        parsed -> {
          place(parsed, terminal, surroundings);
          return new RunLast().execute(parsed);
        });
    return line.execute(arguments);
  }

  private static UUID id(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is no id");
    }
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, UTF_8), true);
  }

  private static void place(
      ParseResult parsed, Terminal terminal, Connection.Surroundings surroundings) {
    for (CommandLine each : parsed.asCommandLineList()) {
      if (each.getCommand() instanceof Leaf leaf) {
        leaf.place(terminal, surroundings);
      }
    }
  }

  private static int explain(ParameterException wrong) {
    CommandLine line = wrong.getCommandLine();
    String name = line.getCommandSpec().qualifiedName();
    line.getErr().println(name + ": " + wrong.getMessage());
    line.getErr().println("\"" + name + " --help\" says more.");
    return ExitCode.USAGE;
  }

  private static int explain(Exception failure, Terminal terminal) {
    if (failure instanceof ClosedOutputException) {
      return ExitCode.OK;
    }
    int code = ExitCode.of(failure);
    terminal.err().println("fleet: " + Table.plain(message(failure)));
    if (failure instanceof DeniedException denied && denied.status() == 401) {
      terminal.err().println("Give the API key in TASKFLEET_KEY, or its file with --key-file.");
    }
    return code;
  }

  private static String message(Exception failure) {
    if (failure instanceof UncheckedIOException io) {
      Throwable cause = io.getCause();
      return cause instanceof NoSuchFileException missing
          ? "There is no file " + missing.getFile()
          : String.valueOf(cause == null ? io.getMessage() : cause.getMessage());
    }
    String message = failure.getMessage();
    return ExitCode.of(failure) == ExitCode.BROKEN || message == null
        ? failure.toString()
        : message;
  }
}
