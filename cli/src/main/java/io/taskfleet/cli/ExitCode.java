package io.taskfleet.cli;

import io.taskfleet.client.RefusedException;
import io.taskfleet.client.TaskfleetException;
import io.taskfleet.client.UnavailableException;
import io.taskfleet.client.UnreadableAnswerException;
import java.io.UncheckedIOException;

/** What a command ends with. These numbers are API. */
final class ExitCode {
  static final int OK = 0;

  /** What was waited for has ended, but did not succeed. */
  static final int ENDED_BADLY = 1;

  /** The command line makes no sense, or names a file that cannot be read. */
  static final int USAGE = 2;

  /** The gateway will not do it (4xx), or refused some of the lines. */
  static final int REFUSED = 3;

  /** The gateway could not be reached or could not serve, or the time was up. */
  static final int UNAVAILABLE = 4;

  /** What answered is no gateway, or there is a mistake in this program. */
  static final int BROKEN = 5;

  private ExitCode() {}

  /** What a command ends with that this ended. */
  static int of(Exception failure) {
    if (failure instanceof TaskfleetException refusal) {
      return switch (refusal) {
        case RefusedException _ -> REFUSED;
        case UnavailableException _ -> UNAVAILABLE;
        case UnreadableAnswerException _ -> BROKEN;
      };
    }
    return failure instanceof UncheckedIOException || failure instanceof UsageException
        ? USAGE
        : BROKEN;
  }
}
