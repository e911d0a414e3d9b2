package io.taskfleet.cli;

import java.util.Locale;

/** A bar that is drawn over itself, on a terminal; elsewhere there is none. */
final class Progress implements AutoCloseable {
  private static final int WIDTH = 30;
  private static final long DRAW_EVERY_NANOS = 100_000_000;
  private static final String CLEAR = "\r\u001b[K";

  private final Terminal terminal;
  private final boolean shown;
  private long drawnAt;
  private boolean drawn;

  Progress(Terminal terminal) {
    this.terminal = terminal;
    this.shown = terminal.errIsTerminal();
  }

  /**
   * So much is done.
   *
   * @param total 0 if nobody knows
   */
  synchronized void show(long done, long total, String what) {
    long now = System.nanoTime();
    if (!shown || (drawn && now - drawnAt < DRAW_EVERY_NANOS && done != total)) {
      return;
    }
    drawnAt = now;
    drawn = true;
    terminal.err().print(CLEAR + bar(done, total) + what);
    terminal.err().flush();
  }

  static String bar(long done, long total) {
    if (total <= 0) {
      return "";
    }
    long part = Math.min(done, total);
    int filled = (int) (part * WIDTH / total);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d %%  ",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        part * 100 / total);
  }

  /** Wipes the bar away. */
  @Override
  public synchronized void close() {
    if (drawn) {
      terminal.err().print(CLEAR);
      terminal.err().flush();
      drawn = false;
    }
  }
}
