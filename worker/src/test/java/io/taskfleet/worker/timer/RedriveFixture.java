package io.taskfleet.worker.timer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;

/** Asks for redrives in this database, and carries them out as one worker does. */
final class RedriveFixture {
  static final Duration INTERVAL = Duration.ofMillis(20);

  /** How often a task may be redriven here. */
  static final int CAP = 2;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TimerFixture fleet;
  final List<UUID> moved = new ArrayList<>();
  final Redrives redrives;

  RedriveFixture(TimerFixture fleet) {
    this.fleet = fleet;
    this.redrives = new Redrives(fleet.dataSource, CAP, INTERVAL, moved::addAll);
  }

  /** A redrive that is quick unless told otherwise. */
  UUID redrive(String column, Object value) {
    UUID id = UUID.randomUUID();
    fleet
        .database
        .sql("insert into redrive (id, per_second, requested_by) values (?, 100, 'ops')")
        .param(id)
        .update();
    fleet
        .database
        .sql(
            "update redrive set %s = ?%s where id = ?"
                .formatted(column, column.equals("task_ids") ? "::uuid[]" : ""))
        .params(List.of(value, id))
        .update();
    return id;
  }

  void carryOut(UUID redrive) {
    Awaitility.await()
        .pollInterval(INTERVAL)
        .atMost(PATIENCE)
        .until(
            () -> {
              boolean _ = redrives.moveSlice();
              return counters(redrive).startsWith("done");
            });
  }

  void awaitDone(UUID redrive) {
    Awaitility.await().atMost(PATIENCE).until(() -> counters(redrive).startsWith("done"));
  }

  String counters(UUID redrive) {
    return fleet
        .database
        .sql("select concat_ws(' ', state, moved, refused) from redrive where id = ?")
        .param(redrive)
        .query(String.class)
        .single();
  }

  void clear() {
    fleet.database.sql("truncate task, task_attempt, redrive, batch").update();
  }
}
