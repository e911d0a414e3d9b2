package io.taskfleet.gateway.batch;

import io.taskfleet.task.Violation;
import java.util.ArrayList;
import java.util.List;

/** The lines of a batch that are no tasks: all are counted, the first are told of. */
final class Refusals {
  private static final int MOST_ERRORS = 5;

  /**
   * A line, and what is wrong with it.
   *
   * @param line the line, or the place in an array, from 1
   * @param errors the first of them; pointers are relative to the line
   */
  record Refused(int line, List<Violation> errors) {}

  private final int most;
  private final List<Refused> first = new ArrayList<>();
  private int count;

  Refusals(int most) {
    this.most = most;
  }

  void add(int line, List<Violation> errors) {
    count++;
    if (first.size() < most) {
      first.add(
          new Refused(line, List.copyOf(errors.subList(0, Math.min(MOST_ERRORS, errors.size())))));
    }
  }

  int count() {
    return count;
  }

  List<Refused> first() {
    return first;
  }

  boolean isTruncated() {
    return count > first.size();
  }
}
