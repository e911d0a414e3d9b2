package io.taskfleet.standalone.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.taskfleet.client.Batch;
import io.taskfleet.client.BatchReceipt;
import io.taskfleet.client.BatchState;
import io.taskfleet.client.JsonLines;
import io.taskfleet.client.TaskResult;
import io.taskfleet.client.TaskState;
import io.taskfleet.client.TaskfleetClient;
import io.taskfleet.standalone.demo.SecondGateway;
import io.taskfleet.standalone.demo.SharedFleet;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file of tasks, one line in a hundred no task, through a gateway with a heap of 256 MiB. {@code
 * -Dtaskfleet.batch.lines=1000000} makes it large; the default is for every build.
 */
class LargeBatchIT {
  private static final int LINES = Integer.getInteger("taskfleet.batch.lines", 30_000);
  private static final int BAD_ONE_IN = 100;
  private static final int MOST_REFUSED_TOLD = 1_000;
  private static final List<String> BAD =
      List.of(
          "{\"type\": \"analytics\", \"payload\"",
          "{\"type\": \"analytics\", \"payload\": {\"name\": \"\"}}",
          "{\"type\": \"unheard-of\", \"payload\": {}}");

  @TempDir private Path directory;

  @Test
  void isCountedExactlyAndFollowedToItsEndAlsoWhenRedisIsFlushed() throws Exception {
    SharedFleet fleet = SharedFleet.get();
    try (SecondGateway gateway = SecondGateway.start(fleet.ready(), directory);
        RedisClient redis = RedisClient.create(fleet.ready().redis());
        StatefulRedisConnection<String, String> connection = redis.connect()) {
      TaskfleetClient client =
          TaskfleetClient.at(gateway.url()).key(fleet.ready().apiKey()).build();
      long begun = System.nanoTime();

      AtomicBoolean flushed = new AtomicBoolean();
      JsonLines lines =
          JsonLines.file(lines())
              .progress(
                  (sent, bytes) -> {
                    if (sent > LINES / 2 && !flushed.getAndSet(true)) {
                      connection.sync().flushall();
                    }
                  });

      BatchReceipt receipt = client.batches().upload(lines);

      print("uploaded", begun);
      long bad = LINES / BAD_ONE_IN;
      assertThat(receipt.accepted()).isEqualTo(LINES - bad);
      assertThat(receipt.refused()).isEqualTo(bad);
      assertThat(receipt.refusedLines()).hasSize((int) Math.min(bad, MOST_REFUSED_TOLD));
      assertThat(receipt.refusedLines())
          .allSatisfy(refused -> assertThat(refused.line() % BAD_ONE_IN).isZero());
      assertThat(receipt.refusedTruncated()).isEqualTo(bad > MOST_REFUSED_TOLD);

      assertThat(flushed).isTrue();

      Batch end = follow(client, receipt.id(), connection);

      print("ended", begun);
      assertThat(end.state()).isEqualTo(BatchState.FINISHED);
      assertThat(end.total()).isEqualTo(LINES - bad);
      assertThat(end.counts().succeeded()).isEqualTo(LINES - bad);
      assertThat(idsOfSucceeded(client, receipt.id())).hasSize((int) (LINES - bad));
      print("results read", begun);
    }
  }

  /** Follows the batch, and has Redis forget everything once more if there is time. */
  private static Batch follow(
      TaskfleetClient client, UUID id, StatefulRedisConnection<String, String> redis) {
    List<Long> processed = new ArrayList<>();
    Batch last = null;
    try (Stream<Batch> changes = client.batches().watch(id)) {
      for (Batch batch : (Iterable<Batch>) changes::iterator) {
        if (processed.isEmpty()) {
          redis.sync().flushall();
        }
        processed.add(batch.processed());
        last = batch;
      }
    }
    System.out.printf(
        "progress was told %,d times, first at %,d%n", processed.size(), processed.getFirst());
    assertThat(processed).isSorted();
    return requireNonNull(last);
  }

  private static Set<UUID> idsOfSucceeded(TaskfleetClient client, UUID id) {
    Set<UUID> ids = HashSet.newHashSet(LINES);
    try (Stream<TaskResult> results = client.batches().results(id)) {
      for (TaskResult result : (Iterable<TaskResult>) results::iterator) {
        assertThat(result.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(ids.add(result.id())).isTrue();
      }
    }
    return ids;
  }

  private Path lines() throws IOException {
    Path file = directory.resolve("tasks.ndjson");
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (int line = 1; line <= LINES; line++) {
        writer.write(
            line % BAD_ONE_IN == 0
                ? BAD.get(line / BAD_ONE_IN % BAD.size())
                : "{\"type\": \"analytics\", \"payload\": {\"name\": \"row\", \"value\": %d}}"
                    .formatted(line));
        writer.write('\n');
      }
    }
    return file;
  }

  private static void print(String what, long begun) {
    System.out.printf(
        "%,d lines: %s after %.1f s%n", LINES, what, (System.nanoTime() - begun) / 1e9);
  }
}
