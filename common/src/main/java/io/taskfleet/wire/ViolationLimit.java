package io.taskfleet.wire;

import jakarta.validation.ValidationException;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * Ends a check that finds too much wrong. A violation takes up hundreds of bytes, and a few
 * characters make several: a megabyte of empty attachments would fill the heap. Here, because this
 * is asked once for each violation while the check runs.
 */
final class ViolationLimit extends ParameterMessageInterpolator {
  static final int MOST = 1_000;

  // Of the check that runs on the thread.
  private final ThreadLocal<int[]> found = ThreadLocal.withInitial(() -> new int[1]);

  /** That there is more wrong than may be. */
  static final class ExceededException extends ValidationException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public String interpolate(String template, Context context) {
    if (++found.get()[0] > MOST) {
      throw new ExceededException();
    }
    return super.interpolate(template, context);
  }

  /** The check has ended. */
  void forget() {
    found.remove();
  }
}
