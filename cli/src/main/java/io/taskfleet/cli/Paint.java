package io.taskfleet.cli;

import io.taskfleet.client.TaskState;
import java.util.Locale;

/** Colours, where there are any. */
record Paint(boolean colourful) {
  private static final String ESCAPE = "\u001b[";
  private static final String RESET = ESCAPE + "0m";

  String state(TaskState state) {
    return paint(word(state), colour(state));
  }

  String bold(String text) {
    return paint(text, "1");
  }

  /** The word that people know a constant by. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String colour(TaskState state) {
    return switch (state) {
      case SUCCEEDED -> "32";
      case DEAD, EXPIRED -> "31";
      case RETRYING, DEFERRED, CANCELLED -> "33";
      case RUNNING -> "36";
      case SCHEDULED, QUEUED, UNKNOWN -> "39";
    };
  }

  private String paint(String text, String code) {
    return colourful ? ESCAPE + code + 'm' + text + RESET : text;
  }
}
