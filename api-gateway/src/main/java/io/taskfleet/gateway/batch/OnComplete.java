package io.taskfleet.gateway.batch;

import io.taskfleet.gateway.submit.JsonSpan;
import io.taskfleet.gateway.submit.TaskReader;
import io.taskfleet.gateway.submit.TaskReader.Origin;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.Task;
import io.taskfleet.wire.RefusedJsonException;
import io.taskfleet.wire.StrictJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The task that starts when a batch has ended, as its caller writes it. */
final class OnComplete {
  private static final String FIELD = "on_complete";
  // It travels in one record with what the batch's end is made of.
  private static final int LARGEST = 256 << 10;

  private OnComplete() {}

  /** A line that holds such a task instead of one of the batch. */
  record Line(@Nullable JsonSpan onComplete) {}

  /** Whether this first line is meant to be such a one; what else it holds is wrong. */
  static boolean isIn(byte[] line) {
    try (JsonParser parser = StrictJson.mapper().createParser(line)) {
      return parser.nextToken() == JsonToken.START_OBJECT && FIELD.equals(parser.nextName());
    } catch (JacksonException none) {
      return false;
    }
  }

  /**
   * The task's JSON in this line.
   *
   * @throws ProblemException if there is none
   */
  static byte[] in(byte[] line) {
    try {
      JsonSpan span = StrictJson.read(line, Line.class).onComplete;
      if (span == null) {
        throw ProblemException.refused("/" + FIELD, "must not be null");
      }
      return span.of(line);
    } catch (RefusedJsonException e) {
      throw ProblemException.of(e, "");
    }
  }

  /**
   * The task in this JSON.
   *
   * @throws ProblemException if it is none, or says itself when to start
   */
  static Task read(TaskReader reader, byte[] json, Origin origin) {
    if (json.length > LARGEST) {
      throw ProblemException.refused("/" + FIELD, "may hold " + LARGEST + " bytes");
    }
    Task task;
    try {
      task = reader.readTask(json, origin);
    } catch (ProblemException e) {
      throw e.within("/" + FIELD);
    }
    if (task.options().runAt() != null) {
      throw ProblemException.refused(
          "/" + FIELD, "starts when the batch has ended: no run_at and no delay");
    }
    return task;
  }
}
