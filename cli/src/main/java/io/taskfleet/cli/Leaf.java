package io.taskfleet.cli;

import io.taskfleet.client.Json;
import io.taskfleet.client.TaskfleetClient;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that calls the gateway. */
@Command(
    mixinStandardHelpOptions = true,
    synopsisHeading = "usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%n",
    footerHeading = "%nExample:%n",
    sortOptions = false,
    usageHelpWidth = 100)
abstract class Leaf implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();

  @Option(names = "--json", description = "nothing but JSON on standard output")
  private boolean json;

  private @Nullable Terminal terminal;
  private Connection.@Nullable Surroundings surroundings;

  /** Says where this runs, before it does. */
  void place(Terminal writeTo, Connection.Surroundings around) {
    terminal = writeTo;
    surroundings = around;
  }

  @Override
  public Integer call() {
    return run(connection.open(Objects.requireNonNull(surroundings)));
  }

  /** Does it, and answers the exit code. */
  abstract int run(TaskfleetClient client);

  Terminal terminal() {
    return Objects.requireNonNull(terminal);
  }

  boolean isJson() {
    return json;
  }

  Paint paint() {
    return new Paint(terminal().isColourful());
  }

  void say(String line) {
    terminal().out().println(line);
    if (terminal().out().checkError()) {
      throw new ClosedOutputException();
    }
  }

  /** Prints a line of JSON. */
  void sayJson(Object value) {
    say(Json.mapper().writeValueAsString(value));
  }

  /** Something about the work, rather than its result. */
  void note(String line) {
    terminal().err().println(line);
  }
}
