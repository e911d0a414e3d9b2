package io.taskfleet.standalone.demo;

import io.taskfleet.standalone.UsageException;
import io.taskfleet.task.BuiltInTypes;
import io.taskfleet.wire.Topics;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** Sends tasks of every kind through a running fleet and checks what becomes of them. */
public final class Demo {
  private static final int EMAILS = 200;
  private static final int NOTIFICATIONS = 200;
  private static final int EVENTS = 2_000;
  private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

  private final Target target;
  private final PrintStream out;
  private final String run = Long.toString(System.currentTimeMillis(), 36);

  Demo(Target target, PrintStream out) {
    this.target = target;
    this.out = out;
  }

  /** Runs the demo; the exit code is 0 when everything held, 1 when not, 64 for a wrong call. */
  public static void main(String[] arguments) throws Exception {
    if (Arrays.asList(arguments).contains("--help")) {
      System.out.print(DemoOptions.HELP);
      return;
    }
    try {
      Target target = DemoOptions.parse(arguments, System.getenv());
      Report report = new Demo(target, System.out).run();
      report.print(System.out);
      System.exit(report.held() ? 0 : 1);
    } catch (UsageException e) {
      System.err.println("fleet: " + e.getMessage());
      System.exit(UsageException.EXIT_CODE);
    } catch (IOException e) {
      System.err.println("fleet: the demo could not go on: " + e);
      System.exit(1);
    }
  }

  Report run() throws Exception {
    say("Trying the fleet at %s (run %s)", target.url(), run);
    try (Gateway gateway = new Gateway(target);
        MailSink mail = new MailSink(target);
        WebhookReceiver receiver = WebhookReceiver.start(target);
        TaskTable table = TaskTable.open(target);
        StatusCache cache = new StatusCache(target);
        KafkaDoor kafka = new KafkaDoor(target);
        DeadLetters emailLetters =
            new DeadLetters(target, Topics.deadLetter(BuiltInTypes.EMAIL.name()));
        DeadLetters analyticsLetters =
            new DeadLetters(target, Topics.deadLetter(BuiltInTypes.ANALYTICS.name()))) {
      List<Trial> trials =
          List.of(
              new EmailTrial(run, gateway, mail, EMAILS),
              new NotificationTrial(gateway, receiver, NOTIFICATIONS),
              new AnalyticsTrial(run, gateway, table, EVENTS),
              new RefusedEmailTrial(run, gateway, table, emailLetters),
              new MalformedRecordTrial(run, kafka, analyticsLetters),
              new BareRecordTrial(run, kafka, gateway, mail));
      Report report = run(trials, table, new ReadBack(table, cache, gateway));
      if (gateway.repeated() > 0) {
        say(
            "%d times the gateway was unavailable, and the request was sent again",
            gateway.repeated());
      }
      return report;
    }
  }

  private Report run(List<Trial> trials, TaskTable table, ReadBack readBack) throws Exception {
    long began = System.nanoTime();
    for (Trial trial : trials) {
      say("Sending: %s", trial.name());
      trial.send();
    }
    List<UUID> tasks = trials.stream().flatMap(trial -> trial.tasks().stream()).toList();
    awaitEnd(tasks, table);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    say("Checking the results");
    List<Report.Line> lines = new ArrayList<>();
    for (Trial trial : trials) {
      lines.add(new Report.Line(trial.name(), trial.check()));
    }
    lines.addAll(readBack.compare(tasks));
    return new Report(lines, figures(trials, table.ended(tasks), took));
  }

  private void awaitEnd(List<UUID> tasks, TaskTable table) throws Exception {
    long[] told = {System.nanoTime()};
    Patience.until(
        Patience.LIMIT,
        () -> {
          int ended = table.ended(tasks).size();
          if (System.nanoTime() - told[0] > SECOND_NANOS) {
            told[0] = System.nanoTime();
            say("%,d of %,d tasks have ended", ended, tasks.size());
          }
          return ended == tasks.size();
        });
  }

  private static List<String> figures(
      List<Trial> trials, Map<UUID, TaskTable.Row> rows, Duration took) {
    List<String> figures = new ArrayList<>();
    figures.add(
        String.format(
            Locale.ROOT,
            "%,d tasks in %.1f s, first POST to last result: %,.0f tasks/s",
            rows.size(),
            took.toMillis() / 1e3,
            rows.size() * 1e9 / took.toNanos()));
    for (Trial trial : trials) {
      Load load = trial.load();
      if (load != null) {
        List<Duration> toEnd =
            load.ids().stream()
                .filter(rows::containsKey)
                .map(id -> java.util.Objects.requireNonNull(rows.get(id)).took())
                .toList();
        figures.add("POST answered        " + Times.of(load.took()) + "  " + trial.name());
        figures.add("accepted to finished " + Times.of(toEnd) + "  " + trial.name());
      }
    }
    return figures;
  }

  private void say(String format, Object... arguments) {
    out.printf(format + "%n", arguments);
    out.flush();
  }
}
