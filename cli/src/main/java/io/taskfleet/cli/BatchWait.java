package io.taskfleet.cli;

import io.taskfleet.client.Batch;
import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.client.UnavailableException;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;

/** Waits for a batch, and tells how it ended. */
record BatchWait(Leaf command, Duration limit) {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  int forOne(TaskfleetClient client, UUID id) {
    return forOne(client, id, 0);
  }

  /**
   * Waits for one that may have been sent again, and have ended before as a smaller one.
   *
   * @param size how many tasks it has at least
   */
  int forOne(TaskfleetClient client, UUID id, long size) {
    long end = System.nanoTime() + limit.toNanos();
    Batch batch = client.batches().get(id);
    try (Progress progress = new Progress(command.terminal())) {
      while (!isWhole(batch, size) && System.nanoTime() < end) {
        show(progress, batch);
        batch = next(client, id, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
    }
    tell(command, batch);
    if (!isWhole(batch, size)) {
      command.note("fleet: " + id + " has not ended within " + limit);
      return ExitCode.UNAVAILABLE;
    }
    return batch.counts().succeeded() == batch.processed() ? ExitCode.OK : ExitCode.ENDED_BADLY;
  }

  private static Batch next(TaskfleetClient client, UUID id, Duration left) {
    try {
      return client.batches().await(id, left.compareTo(BETWEEN_LOOKS) < 0 ? left : BETWEEN_LOOKS);
    } catch (UnavailableException tooLate) {
      // It was tried for moments only. This is tried as long as any other call.
      return client.batches().get(id);
    }
  }

  private static boolean isWhole(Batch batch, long size) {
    return batch.isFinal() && batch.processed() >= size;
  }

  private static void show(Progress progress, Batch batch) {
    long total = batch.total() == null ? 0 : batch.total();
    progress.show(batch.processed(), total, brief(batch));
  }

  /** One line of it. */
  static String brief(Batch batch) {
    Batch.Counts counts = batch.counts();
    return String.format(
        Locale.ROOT,
        "%s  %d of %s ended: %d succeeded, %d dead, %d cancelled, %d expired",
        Paint.word(batch.state()),
        batch.processed(),
        batch.total() == null ? "?" : batch.total(),
        counts.succeeded(),
        counts.dead(),
        counts.cancelled(),
        counts.expired());
  }

  static void tell(Leaf command, Batch batch) {
    if (command.isJson()) {
      command.sayJson(batch);
    } else {
      command.say(batch.id() + "  " + brief(batch));
    }
  }
}
