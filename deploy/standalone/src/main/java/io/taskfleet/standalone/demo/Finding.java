package io.taskfleet.standalone.demo;

/** What a trial came to. */
sealed interface Finding {
  /** The figures, or the reason. */
  String detail();

  /** Everything was as promised. */
  record Held(String detail) implements Finding {}

  /** It could not be tried here. */
  record Skipped(String detail) implements Finding {}

  /** A promise was broken. */
  record Broken(String detail) implements Finding {}

  /** Held or broken. */
  static Finding of(boolean held, String detail) {
    return held ? new Held(detail) : new Broken(detail);
  }
}
