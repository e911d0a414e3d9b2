package io.taskfleet.task;

import java.util.Objects;

/**
 * How far a running attempt has come, by its handler's own word.
 *
 * @param percent 0 to 100
 * @param message for the caller to read
 */
public record Progress(int percent, String message) {
  private static final int LONGEST_MESSAGE = 200;

  /** Makes of the message one line that is not too long, and of the percents some that exist. */
  public Progress {
    percent = Math.clamp(percent, 0, 100);
    Objects.requireNonNull(message, "message");
    if (message.length() > LONGEST_MESSAGE) {
      int end = Character.isHighSurrogate(message.charAt(LONGEST_MESSAGE - 1)) ? 1 : 0;
      message = message.substring(0, LONGEST_MESSAGE - end);
    }
    if (message.chars().anyMatch(Character::isISOControl)) {
      message = message.replaceAll("\\p{Cntrl}", " ");
    }
  }
}
