package io.taskfleet.bench;

import java.io.PrintStream;

/** What the person at the terminal is told while the benchmark runs. */
final class Transcript {
  private final PrintStream out;
  private final long startedNanos = System.nanoTime();

  Transcript(PrintStream out) {
    this.out = out;
  }

  void line(String text) {
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    out.println("%6.1f s  %s".formatted(seconds, text));
    out.flush();
  }
}
