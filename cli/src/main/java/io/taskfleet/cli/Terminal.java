package io.taskfleet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * Where a command writes to.
 *
 * @param outIsTerminal whether people read it, rather than programs
 * @param errIsTerminal the same of errors and progress
 */
record Terminal(
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Map<String, String> environment) {

  /**
   * Those of the process, in UTF-8 as JSON is. Java cannot say which of them is a terminal; the
   * launcher can.
   */
  static Terminal ofProcess() {
    return new Terminal(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8),
        Boolean.getBoolean("taskfleet.terminal.out"),
        Boolean.getBoolean("taskfleet.terminal.err"),
        System.getenv());
  }

  /** Whether colours help (https://no-color.org). */
  boolean isColourful() {
    return outIsTerminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }
}
