package io.taskfleet.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** Many tasks, one progress. */
public final class Batches {
  private static final String PATH = "/v1/batches";

  private final Transport transport;

  Batches(Transport transport) {
    this.transport = transport;
  }

  /** Submits up to 1,000 tasks in one request. Some may be refused; the others are tasks. */
  public BatchReceipt submit(List<Submission> tasks) {
    return submit(tasks, UUID.randomUUID().toString());
  }

  /** The same under this idempotency key. */
  public BatchReceipt submit(List<Submission> tasks, String idempotencyKey) {
    return transport.send(
        Call.post(PATH, Map.of("tasks", tasks), idempotencyKey), BatchReceipt.class);
  }

  /**
   * Submits any number of tasks in constant memory, as fast as the gateway takes them.
   *
   * @throws UnavailableException if it broke off; what had been accepted runs. Sent again whole
   *     with the exception's key, nothing is done twice
   */
  public BatchReceipt upload(JsonLines tasks) {
    return new Upload(transport, tasks, PATH).send(BatchReceipt.class);
  }

  /** The same, and when the last of them has ended, this task starts. */
  public BatchReceipt upload(JsonLines tasks, Submission onComplete) {
    return upload(tasks.after(Map.of("on_complete", onComplete)));
  }

  /** How far it has come. */
  public Batch get(UUID id) {
    return transport.send(Call.get(path(id)), Batch.class);
  }

  /**
   * Waits until it has ended or the time is up, and answers how it stands then. A batch of at most
   * 1,000 tasks that has ended has its results with it.
   */
  public Batch await(UUID id, Duration patience) {
    return new LongPoll(transport).until(path(id), Batch.class, Batch::isFinal, patience);
  }

  /**
   * Waits until all that were accepted have ended, or the time is up. A batch that broke off and
   * was sent again may have ended once before, smaller than it is.
   */
  public Batch await(BatchReceipt receipt, Duration patience) {
    return new LongPoll(transport)
        .until(path(receipt.id()), Batch.class, batch -> isAllOf(receipt, batch), patience);
  }

  private static boolean isAllOf(BatchReceipt receipt, Batch batch) {
    return batch.isFinal() && batch.total() != null && batch.total() >= receipt.accepted();
  }

  /** Each change as it happens, from how it stands now to its end. Close the stream. */
  public Stream<Batch> watch(UUID id) {
    Call call = Call.get(path(id) + "/events");
    return Watching.stream(
        transport,
        new Watching.Source<>(
            call,
            event -> event.named("batch", Batch.class),
            Batch::isFinal,
            new LongPoll(transport).changes(path(id), Batch.class, Batch::isFinal)),
        "");
  }

  /** How each task ended, of those that have. Close the stream. */
  public Stream<TaskResult> results(UUID id) {
    return results(id, DownloadFormat.NDJSON).map(line -> Json.read(line, TaskResult.class));
  }

  /** The lines of that file. Close the stream. */
  public Stream<String> results(UUID id, DownloadFormat format) {
    String path = path(id) + "/results" + Query.NONE.with("format", format);
    return Download.lines(transport, Call.get(path).accepting("*/*"));
  }

  /** Cancels what has not run, up to 10,000 tasks at once and the others as they come up. */
  public Batch cancel(UUID id) {
    return transport.send(Call.delete(path(id)), Batch.class);
  }

  private static String path(UUID id) {
    return PATH + "/" + id;
  }
}
