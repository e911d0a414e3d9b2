package io.taskfleet.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.taskfleet.standalone.ReadyFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The main job from end to end, with the processes that a user starts. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MainJobIT {
  private static final int EMAILS = 1_000;
  private static final int EVENTS = 1_000;
  private static final int EVENTS_PER_REQUEST = 100;
  private static final int MAILS_BEFORE_THE_KILL = 150;

  @TempDir private static Path directory;

  private static RunningFleet fleet;

  @BeforeAll
  static void start() throws IOException {
    fleet = RunningFleet.start(directory, 2);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    System.out.println(fleet.output());
    fleet.close();
  }

  @Test
  @Order(1)
  void everyPromiseOfTheDemoHolds() throws Exception {
    Report report = new Demo(Target.of(fleet.ready()), System.out).run();
    report.print(System.out);

    assertThat(report.broken()).isEmpty();
    assertThat(report.lines()).noneMatch(line -> line.finding() instanceof Finding.Skipped);
  }

  @Test
  @Order(2)
  void losesNothingAndCountsOnceWhenAWorkerIsKilledInMidRun() throws Exception {
    ReadyFile ready = fleet.ready();
    Target target = Target.of(ready);
    ReadyFile.Member victim = ready.workers().getFirst();
    String run = "kill-" + Long.toString(System.currentTimeMillis(), 36);
    try (Gateway gateway = new Gateway(target);
        MailSink mail = new MailSink(target);
        TaskTable table = TaskTable.open(target);
        ExecutorService sender = Executors.newVirtualThreadPerTaskExecutor()) {
      int mailsBefore = mail.total();
      Future<List<UUID>> events = sender.submit(() -> sendEvents(gateway, run));
      Future<List<UUID>> emails = sender.submit(() -> sendEmails(gateway, run));
      await()
          .atMost(Patience.LIMIT)
          .until(() -> mail.total() >= mailsBefore + MAILS_BEFORE_THE_KILL);
      ProcessHandle.of(victim.pid()).orElseThrow().destroyForcibly();
      int sentBefore = mail.total() - mailsBefore;
      assertThat(sentBefore).as("mails sent before the kill").isLessThan(EMAILS);
      List<UUID> ids = new ArrayList<>(events.get());
      ids.addAll(emails.get());
      await().atMost(Patience.LIMIT).until(() -> table.ended(ids).size() == ids.size());

      List<MailSink.Mail> mails = mail.sentTo(run);
      long different = mails.stream().map(MailSink.Mail::messageId).distinct().count();
      System.out.printf(
          "Killed %s after %d of %d mails; %d mails arrived, %d of them repeats%n",
          victim.name(), sentBefore, EMAILS, mails.size(), mails.size() - different);
      assertThat(table.ended(ids).values())
          .allSatisfy(row -> assertThat(row.state()).isEqualTo("succeeded"));
      assertThat(different).isEqualTo(EMAILS);
      assertThat(table.analytics(run).events()).isEqualTo(EVENTS);
      assertThat(table.analytics(run).rolledUp()).isEqualTo(EVENTS);
      assertThat(table.analytics(run).sum()).isEqualByComparingTo(sumOfEvents());
    }
    await()
        .atMost(Patience.LIMIT)
        .untilAsserted(
            () ->
                assertThat(fleet.ready().workers())
                    .hasSize(2)
                    .noneMatch(worker -> worker.pid() == victim.pid()));
  }

  @Test
  @Order(3)
  void drainsAndEndsInOrderWhenAskedTo() throws Exception {
    ReadyFile ready = fleet.ready();
    List<ReadyFile.Member> members = new ArrayList<>(ready.workers());
    members.add(ready.gateway());

    int exitCode = fleet.stop(Duration.ofSeconds(40));

    assertThat(exitCode).as(fleet::output).isZero();
    assertThat(fleet.readyFile()).doesNotExist();
    assertThat(members)
        .noneMatch(m -> ProcessHandle.of(m.pid()).filter(ProcessHandle::isAlive).isPresent());
  }

  private static List<UUID> sendEvents(Gateway gateway, String run) throws Exception {
    List<UUID> ids = new ArrayList<>();
    gateway
        .submitAll(
            "/v1/analytics/events",
            EVENTS / EVENTS_PER_REQUEST,
            request ->
                IntStream.range(0, EVENTS_PER_REQUEST)
                    .mapToObj(i -> AnalyticsTrial.event(run, request * EVENTS_PER_REQUEST + i))
                    .toList())
        .forEach(accepted -> ids.addAll(accepted.ids()));
    return ids;
  }

  private static List<UUID> sendEmails(Gateway gateway, String run) throws Exception {
    List<UUID> ids = new ArrayList<>();
    gateway
        .submitAll(
            "/v1/emails",
            EMAILS,
            i -> EmailTrial.email(run + "-" + i + "@example.org", "Mail " + i))
        .forEach(accepted -> ids.addAll(accepted.ids()));
    return ids;
  }

  private static String sumOfEvents() {
    return Long.toString(EVENTS * (EVENTS - 1L) / 2);
  }
}
