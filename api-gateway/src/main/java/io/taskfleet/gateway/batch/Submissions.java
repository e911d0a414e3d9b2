package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.batch.BatchAnswer.Taken;
import io.taskfleet.gateway.status.AcceptanceNotes;
import io.taskfleet.gateway.submit.JsonSpan;
import io.taskfleet.gateway.submit.TaskReader;
import io.taskfleet.gateway.web.JsonBody;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.ReasonCode;
import io.taskfleet.task.Task;
import io.taskfleet.task.Violation;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes batches: arrays, and streams of lines. */
final class Submissions {
  private static final int MOST_IN_ARRAY = 1_000;
  private static final int RETRY_AFTER_SECONDS = 5;
  private static final Violation TOO_LONG =
      new Violation("", ReasonCode.LIMITS_EXCEEDED, "longer than " + JsonBody.MAX_BYTES + " bytes");
  private final TaskReader reader;
  private final Handovers handovers;
  private final Openings openings;
  private final AcceptanceNotes notes;
  private final BatchProperties properties;
  private final StreamPlaces places;

  Submissions(
      TaskReader reader,
      Handovers handovers,
      Openings openings,
      AcceptanceNotes notes,
      BatchProperties properties) {
    this.reader = reader;
    this.handovers = handovers;
    this.openings = openings;
    this.notes = notes;
    this.properties = properties;
    this.places = new StreamPlaces(properties.streamsAtOnce());
  }

  /** A body that says what follows the batch. */
  record Whole(@Nullable List<@Nullable JsonSpan> tasks, @Nullable JsonSpan onComplete) {}

  /**
   * Takes the lines of a stream. Nobody is told their ids, so that nobody asks for them before a
   * worker knows them, and Redis need not.
   *
   * @throws ProblemException if nothing was accepted, or not everything is known to be
   */
  BatchAnswer takeLines(InputStream body, Submitter by) throws InterruptedException {
    if (!places.take(by.tenant())) {
      throw ProblemException.unavailable(
          "as many batches are being sent as can be taken at once", RETRY_AFTER_SECONDS);
    }
    try {
      return takeAll(body, by);
    } finally {
      places.leave(by.tenant());
    }
  }

  private BatchAnswer takeAll(InputStream body, Submitter by) throws InterruptedException {
    Submission submission = begin(by);
    Lines lines = new Lines(body, JsonBody.MAX_BYTES, properties.lineWithin());
    try {
      boolean first = true;
      while (lines.next()) {
        if (lines.isTooLong()) {
          submission.refuse(lines.number(), TOO_LONG);
        } else if (first && OnComplete.isIn(lines.text())) {
          submission.complete(OnComplete.in(lines.text()));
        } else {
          submission.take(lines.number(), lines.text());
        }
        first = false;
      }
    } catch (IOException gone) {
      throw submission.breakOff();
    }
    return submission.close(null);
  }

  /**
   * Takes an array, or an object that holds one and what follows it.
   *
   * @throws ProblemException if nothing was accepted, or not everything is known to be
   */
  BatchAnswer takeArray(byte[] body, Submitter by) throws InterruptedException {
    Whole whole = read(body);
    List<@Nullable JsonSpan> elements = whole.tasks == null ? List.of() : whole.tasks;
    if (elements.isEmpty() || elements.size() > MOST_IN_ARRAY) {
      throw ProblemException.refused(
          isArray(body) ? "" : "/tasks", "must hold 1 to " + MOST_IN_ARRAY + " tasks");
    }
    Submission submission = begin(by);
    if (whole.onComplete != null) {
      submission.complete(whole.onComplete.of(body));
    }
    List<Task> tasks = new ArrayList<>(elements.size());
    List<Taken> taken = new ArrayList<>(elements.size());
    int place = 0;
    for (JsonSpan element : elements) {
      place++;
      if (element == null) {
        submission.refuse(place, Violation.NOTHING);
        continue;
      }
      Task task = submission.take(place, element.of(body));
      if (task != null) {
        tasks.add(task);
        taken.add(new Taken(place, task.id()));
      }
    }
    BatchAnswer answer = submission.close(taken);
    tasks.forEach(notes::note);
    return answer;
  }

  private Submission begin(Submitter by) {
    return new Submission(by, reader, handovers, openings, new Refusals(properties.refusedLines()));
  }

  private static Whole read(byte[] body) {
    try {
      return isArray(body)
          ? new Whole(Arrays.asList(StrictJson.read(body, JsonSpan[].class)), null)
          : StrictJson.read(body, Whole.class);
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, "");
    }
  }

  private static boolean isArray(byte[] body) {
    for (byte b : body) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b == '[';
      }
    }
    return false;
  }
}
