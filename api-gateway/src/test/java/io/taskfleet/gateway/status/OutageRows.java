package io.taskfleet.gateway.status;

import io.taskfleet.gateway.TestGateway;
import java.util.UUID;

/** What tests outside this package need of it. */
public final class OutageRows {
  private OutageRows() {}

  /** Whether somebody waits for the end of this task. */
  public static boolean isWaitedFor(TestGateway gateway, UUID id) {
    return gateway.bean(TaskWatcher.class).isWatched(id);
  }

  /** Ends the task as a worker would. */
  public static void end(TestGateway gateway, UUID id) {
    TaskRow.ended(id).insertInto(gateway);
  }

  /** Has the task wait for another attempt. */
  public static void retry(TestGateway gateway, UUID id) {
    new TaskRow(id, "retrying").insertInto(gateway);
  }
}
