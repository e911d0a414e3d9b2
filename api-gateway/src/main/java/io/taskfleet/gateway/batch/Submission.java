package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.batch.BatchAnswer.Taken;
import io.taskfleet.gateway.submit.TaskReader;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.BatchPayload;
import io.taskfleet.task.Task;
import io.taskfleet.task.Violation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A batch that is being handed over, a line after the other; one thread does. */
final class Submission {
  private static final int RETRY_AFTER_SECONDS = 2;

  private final Submitter by;
  private final UUID id;
  private final TaskReader reader;
  private final Handovers handovers;
  private final Openings openings;
  private final Handover handover;
  private final Refusals refusals;
  private @Nullable Task onComplete;
  private int sent;
  private int lastLine;

  Submission(
      Submitter by, TaskReader reader, Handovers handovers, Openings openings, Refusals refusals) {
    this.by = by;
    this.id = by.batchId();
    this.reader = reader;
    this.handovers = handovers;
    this.openings = openings;
    this.handover = handovers.begin();
    this.refusals = refusals;
  }

  /**
   * Has this task start when the last one has ended.
   *
   * @throws ProblemException if it is none
   */
  void complete(byte[] json) {
    onComplete = OnComplete.read(reader, json, by.of(BatchPayload.onCompleteId(id, by.tenant())));
  }

  /**
   * Takes a line: sends it, if it is a task. Answers the task.
   *
   * @throws ProblemException if Kafka does not take it, or nobody can say whether it is one
   */
  @Nullable Task take(int line, byte[] json) throws InterruptedException {
    lastLine = line;
    Task task;
    try {
      task = reader.readTask(json, by.ofLine(line)).inBatch(id);
    } catch (ProblemException refused) {
      if (refused.errors().isEmpty()) {
        // Nothing is wrong with the line: it cannot be judged at the moment.
        boolean _ = handover.settle();
        throw refused.withMembers(members());
      }
      refusals.add(line, refused.errors());
      return null;
    }
    if (!handover.send(task)) {
      throw notAcknowledged();
    }
    if (sent++ == 0) {
      openings.opened(id, by.tenant(), task.createdAt());
    }
    return task;
  }

  /** Takes a line that need not be looked at. */
  void refuse(int line, Violation why) {
    lastLine = line;
    refusals.add(line, List.of(why));
  }

  /**
   * The batch is whole: waits until Kafka has it, and says so to the fleet.
   *
   * @param tasks what is told of the tasks one by one
   * @throws ProblemException if nothing was accepted, or not everything is known to be
   */
  BatchAnswer close(@Nullable List<Taken> tasks) throws InterruptedException {
    if (sent == 0) {
      throw refusals.count() == 0
          ? ProblemException.refused("", "must hold a task")
          : ProblemException.of(ProblemType.REFUSED, "no line is a task that can be taken")
              .withMembers(members());
    }
    if (!handover.settle() || !isClosed(onComplete)) {
      throw notAcknowledged();
    }
    return new BatchAnswer(
        id,
        handover.acknowledged(),
        refusals.count(),
        refusals.first(),
        refusals.isTruncated(),
        tasks,
        BatchLinks.of(id));
  }

  /**
   * The caller has stopped in the middle: what was accepted is all there is, until the caller sends
   * everything again. Nothing starts when that ends.
   */
  ProblemException breakOff() throws InterruptedException {
    if (sent > 0 && handover.settle()) {
      isClosed(null);
    }
    return ProblemException.of(
            ProblemType.MALFORMED, "the body broke off; send all of it again with the same key")
        .withMembers(members());
  }

  private boolean isClosed(@Nullable Task next) throws InterruptedException {
    Handover closing = handovers.begin();
    return closing.send(Closing.of(id, handover.acknowledged(), next, by)) && closing.settle();
  }

  private ProblemException notAcknowledged() throws InterruptedException {
    boolean _ = handover.settle();
    return ProblemException.unavailable(
            "the task queue stopped acknowledging tasks; send all of them again with the same key",
            RETRY_AFTER_SECONDS)
        .withMembers(members());
  }

  private Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", id);
    members.put("accepted", handover.acknowledged());
    members.put("refused", refusals.count());
    members.put("refused_lines", refusals.first());
    members.put("refused_truncated", refusals.isTruncated());
    members.put("last_line", lastLine);
    return members;
  }
}
