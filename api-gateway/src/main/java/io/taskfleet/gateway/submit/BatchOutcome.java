package io.taskfleet.gateway.submit;

import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.Task;
import io.taskfleet.task.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** What became of the elements of an array. */
record BatchOutcome(List<Taken> accepted, List<Refused> refused) {
  // Enough to see what is wrong, and no amplifier.
  private static final int MOST_ERRORS = 100;
  private static final Fault NOT_ACKNOWLEDGED =
      new Fault("", "UNAVAILABLE", "the task queue did not acknowledge it in time: try again");

  /** An element that is a task now. */
  record Taken(int index, UUID id) {}

  /** An element that is not; pointers are relative to it. */
  record Refused(int index, List<Fault> errors) {}

  /** Like a {@link Violation}, with codes that concern the service as well. */
  record Fault(String pointer, String code, String detail) {
    static Fault of(Violation violation) {
      return new Fault(violation.pointer(), violation.code().name(), violation.detail());
    }
  }

  /** Whether something was refused that may be accepted if it comes again. */
  boolean mayDoBetter() {
    return refused.stream().anyMatch(each -> each.errors().contains(NOT_ACKNOWLEDGED));
  }

  /** Gathers the elements one by one. */
  static final class Builder {
    private final List<Task> tasks = new ArrayList<>();
    private final List<Integer> taskIndexes = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();

    void read(int index, Task task) {
      tasks.add(task);
      taskIndexes.add(index);
    }

    void refused(int index, List<Violation> errors) {
      refused.add(new Refused(index, errors.stream().map(Fault::of).toList()));
      if (violations.size() < MOST_ERRORS) {
        violations.addAll(ProblemException.prefixed(errors, "/" + index));
      }
    }

    /**
     * Submits what was read.
     *
     * @throws ProblemException if nothing was accepted
     */
    BatchOutcome submitTo(Acceptance acceptance) {
      if (tasks.isEmpty()) {
        throw ProblemException.refused(violations);
      }
      List<Boolean> acknowledged = acceptance.acceptEach(tasks);
      if (!acknowledged.contains(true)) {
        throw acceptance.unavailable();
      }
      List<Taken> taken = new ArrayList<>(tasks.size());
      for (int i = 0; i < tasks.size(); i++) {
        if (acknowledged.get(i)) {
          taken.add(new Taken(taskIndexes.get(i), tasks.get(i).id()));
        } else {
          refused.add(new Refused(taskIndexes.get(i), List.of(NOT_ACKNOWLEDGED)));
        }
      }
      refused.sort(Comparator.comparingInt(Refused::index));
      return new BatchOutcome(taken, refused);
    }
  }
}
