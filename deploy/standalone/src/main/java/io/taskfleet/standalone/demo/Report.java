package io.taskfleet.standalone.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a run of the demo came to.
 *
 * @param figures rates and times, one line each
 */
record Report(List<Line> lines, List<String> figures) {

  /** One thing that was tried. */
  record Line(String name, Finding finding) {}

  /** Whether nothing was broken. */
  boolean held() {
    return lines.stream().noneMatch(line -> line.finding() instanceof Finding.Broken);
  }

  /** What was broken, in one line. */
  String broken() {
    return lines.stream()
        .filter(line -> line.finding() instanceof Finding.Broken)
        .map(line -> line.name() + " (" + line.finding().detail() + ")")
        .collect(Collectors.joining("; "));
  }

  void print(PrintStream out) {
    out.println();
    for (Line line : lines) {
      out.printf(
          "  %-7s  %-52s  %s%n", verdict(line.finding()), line.name(), line.finding().detail());
    }
    out.println();
    figures.forEach(figure -> out.println("  " + figure));
    out.println();
    out.println(held() ? "Everything held." : "Not everything held: " + broken());
    out.flush();
  }

  private static String verdict(Finding finding) {
    return switch (finding) {
      case Finding.Held held -> "ok";
      case Finding.Skipped skipped -> "skipped";
      case Finding.Broken broken -> "BROKEN";
    };
  }
}
