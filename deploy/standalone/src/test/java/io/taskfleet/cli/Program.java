package io.taskfleet.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The program behind {@code ./fleet} without a process around it. */
public final class Program {
  private Program() {}

  /**
   * Runs a command; answers its exit code.
   *
   * @param terminals which of {@code out} and {@code err} are one
   */
  public static int run(
      List<String> arguments,
      PrintStream out,
      PrintStream err,
      Set<String> terminals,
      Map<String, String> environment,
      @Nullable Path readyFile) {
    Terminal terminal =
        new Terminal(out, err, terminals.contains("out"), terminals.contains("err"), environment);
    return Main.run(arguments.toArray(String[]::new), terminal, readyFile);
  }
}
