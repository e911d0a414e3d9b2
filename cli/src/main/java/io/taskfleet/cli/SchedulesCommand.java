package io.taskfleet.cli;

import io.taskfleet.client.Accepted;
import io.taskfleet.client.CatchUp;
import io.taskfleet.client.NewSchedule;
import io.taskfleet.client.Schedule;
import io.taskfleet.client.Submission;
import io.taskfleet.client.TaskfleetClient;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What makes tasks by the clock. */
@Command(
    name = "schedules",
    description = "Makes, lists, changes, runs and removes schedules.",
    footer =
        "  fleet schedules create nightly --cron '0 30 2 * * *' --zone Europe/Berlin email"
            + " --to ada@example.com --subject Figures --text '…'",
    subcommands = {
      SchedulesCommand.All.class,
      SchedulesCommand.Get.class,
      SchedulesCommand.Create.class,
      SchedulesCommand.Enable.class,
      SchedulesCommand.Disable.class,
      SchedulesCommand.Run.class,
      SchedulesCommand.Delete.class
    })
final class SchedulesCommand extends Group {

  /** A command that prints schedules. */
  abstract static class OfSchedules extends Leaf {
    void tell(List<Schedule> schedules) {
      if (isJson()) {
        schedules.forEach(this::sayJson);
        return;
      }
      Table table = new Table("NAME", "WHEN", "TASK", "ENABLED", "NEXT", "LAST");
      for (Schedule schedule : schedules) {
        table.row(
            schedule.name(),
            Table.plain(timing(schedule)),
            Table.plain(schedule.task().path("type").asString("")),
            schedule.enabled() ? "yes" : "no",
            Times.brief(schedule.nextFireAt()),
            Times.brief(schedule.lastFiredAt()));
      }
      table.print(this::say);
    }

    private static String timing(Schedule schedule) {
      if (schedule.cron() != null) {
        return schedule.cron() + " " + Objects.requireNonNullElse(schedule.zone(), "UTC");
      }
      return schedule.every() != null
          ? "every " + schedule.every()
          : "at " + Times.brief(schedule.at());
    }
  }

  /** Lists them. */
  @Command(
      name = "list",
      description = "Lists schedules by name.",
      footer = "  fleet schedules list")
  static final class All extends OfSchedules {
    @Override
    int run(TaskfleetClient client) {
      tell(client.schedules().list().toList());
      return ExitCode.OK;
    }
  }

  /** Reads one. */
  @Command(
      name = "get",
      description = "Prints a schedule.",
      footer = "  fleet schedules get nightly --json")
  static final class Get extends OfSchedules {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    int run(TaskfleetClient client) {
      tell(List.of(client.schedules().get(name)));
      return ExitCode.OK;
    }
  }

  /** When a schedule fires. */
  static final class Timing {
    @Option(names = "--cron", paramLabel = "EXPR", description = "five fields, or six with seconds")
    private @Nullable String cron;

    @Option(names = "--every", paramLabel = "TIME", description = "such as 15m")
    private @Nullable Duration every;

    @Option(names = "--at", paramLabel = "INSTANT", description = "once")
    private @Nullable Instant at;

    NewSchedule of(String name, Submission task) {
      if (cron != null) {
        return NewSchedule.cron(name, cron, task);
      }
      return every != null
          ? NewSchedule.every(name, every, task)
          : NewSchedule.at(name, Objects.requireNonNull(at), task);
    }
  }

  /** Makes one. */
  @Command(
      name = "create",
      description = "Makes a schedule.",
      footer = "  fleet schedules create pulse --every 15m analytics --set name=pulse")
  static final class Create extends OfSchedules {
    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(index = "1", paramLabel = "TYPE", description = "of the task")
    private String type = "";

    @ArgGroup(multiplicity = "1")
    private Timing timing = new Timing();

    @Option(names = "--zone", paramLabel = "ZONE", description = "of --cron (UTC)")
    private @Nullable ZoneId zone;

    @Option(names = "--catch-up", paramLabel = "WORD", description = "skip, once or all")
    private @Nullable CatchUp catchUp;

    @Option(names = "--disabled", description = "does not fire before it is enabled")
    private boolean disabled;

    @Mixin private PayloadOptions payload = new PayloadOptions();

    @Override
    int run(TaskfleetClient client) {
      NewSchedule schedule = timing.of(name, Submission.of(type, payload.read()));
      schedule = zone == null ? schedule : schedule.zone(zone);
      schedule = catchUp == null ? schedule : schedule.catchUp(catchUp);
      schedule = disabled ? schedule.disabled() : schedule;
      tell(List.of(client.schedules().create(schedule)));
      return ExitCode.OK;
    }
  }

  /** Lets one fire. */
  @Command(
      name = "enable",
      description = "Lets a schedule fire, from now on.",
      footer = "  fleet schedules enable nightly")
  static final class Enable extends OfSchedules {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    int run(TaskfleetClient client) {
      tell(List.of(client.schedules().enable(name, true)));
      return ExitCode.OK;
    }
  }

  /** Keeps one from firing. */
  @Command(
      name = "disable",
      description = "Keeps a schedule from firing.",
      footer = "  fleet schedules disable nightly")
  static final class Disable extends OfSchedules {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    int run(TaskfleetClient client) {
      tell(List.of(client.schedules().enable(name, false)));
      return ExitCode.OK;
    }
  }

  /** Submits the task of one. */
  @Command(
      name = "run",
      description = "Submits the task of a schedule now, and prints its id.",
      footer = "  fleet schedules run nightly")
  static final class Run extends Leaf {
    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    int run(TaskfleetClient client) {
      Accepted accepted = client.schedules().run(name);
      if (isJson()) {
        sayJson(accepted);
      } else {
        say(accepted.id().toString());
      }
      return ExitCode.OK;
    }
  }

  /** Removes some. */
  @Command(
      name = "delete",
      description = "Removes schedules; tasks that they have made stay.",
      footer = "  fleet schedules delete nightly pulse")
  static final class Delete extends Leaf {
    @Parameters(arity = "0..*", paramLabel = "NAME")
    private List<String> names = List.of();

    @Option(names = "--all", description = "all there are")
    private boolean all;

    @Override
    int run(TaskfleetClient client) {
      if (all == !names.isEmpty()) {
        throw new UsageException("Name the schedules, or say --all");
      }
      if (all) {
        note(client.schedules().deleteAll() + " deleted");
      }
      names.forEach(client.schedules()::delete);
      return ExitCode.OK;
    }
  }
}
