package io.taskfleet.gateway.user;

import io.taskfleet.task.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the lines of an import.
 *
 * @param lines how many held something
 * @param existing how many were created before, under the same idempotency key
 * @param errors the first of the refused lines
 * @param moreErrors how many refused lines are not shown
 */
record ImportOutcome(
    long lines,
    long created,
    long existing,
    long refused,
    List<RefusedLine> errors,
    @Nullable Long moreErrors) {
  private static final int MOST_SHOWN = 1_000;
  private static final int MOST_OF_A_LINE = 10;

  /** A line that was refused, numbered from 1. */
  record RefusedLine(long line, List<Violation> errors) {}

  /** Counts while the import runs. */
  static final class Builder {
    private final List<RefusedLine> errors = new ArrayList<>();
    private long created;
    private long existing;
    private long refused;

    void created() {
      created++;
    }

    void existing() {
      existing++;
    }

    void refused(long line, List<Violation> violations) {
      refused++;
      if (errors.size() < MOST_SHOWN) {
        errors.add(new RefusedLine(line, violations.stream().limit(MOST_OF_A_LINE).toList()));
      }
    }

    /** How many lines have been dealt with. */
    long lines() {
      return created + existing + refused;
    }

    ImportOutcome build() {
      // What is wrong with a line is known before what is wrong with those of the batch before it.
      errors.sort(Comparator.comparingLong(RefusedLine::line));
      long hidden = refused - errors.size();
      return new ImportOutcome(
          lines(), created, existing, refused, errors, hidden == 0 ? null : hidden);
    }
  }
}
