package io.taskfleet.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** All that can be said. */
@Command(
    name = "fleet",
    version = "fleet 0.1.0-SNAPSHOT",
    description = "Calls a Taskfleet gateway.",
    footer = {
      "  fleet submit email --to ada@example.com --subject Hello --text 'How are you?' --wait",
      "",
      "Exit codes: 0 done; 1 what was waited for did not succeed; 2 the command line is wrong;",
      "3 the gateway refused it; 4 the gateway is away, or the time was up; 5 something is broken."
    },
    subcommands = {
      SubmitCommand.class,
      BatchCommand.class,
      GetCommand.class,
      WaitCommand.class,
      WatchCommand.class,
      ListCommand.class,
      CancelCommand.class,
      SchedulesCommand.class,
      UsersCommand.class,
      FleetCommand.Completion.class
    })
final class FleetCommand extends Group {

  /** Prints what makes a shell complete the commands. */
  @Command(
      name = "completion",
      description = "Prints a script that makes bash and zsh complete these commands.",
      footer = "  source <(fleet completion)")
  static final class Completion extends Group {
    @Override
    public void run() {
      spec().commandLine().getOut().print(AutoComplete.bash("fleet", spec().root().commandLine()));
      spec().commandLine().getOut().flush();
    }
  }
}
