package io.taskfleet.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Rows of words in columns that are as wide as they must be. */
final class Table {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final Pattern COLOUR = Pattern.compile("\u001b\\[\\d+m");

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... titles) {
    row(titles);
  }

  /** Adds a row; an empty cell is a dash. */
  void row(String... cells) {
    rows.add(Arrays.stream(cells).map(cell -> cell.isEmpty() ? "-" : cell).toList());
  }

  int size() {
    return rows.size() - 1;
  }

  void print(Consumer<String> out) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        boolean last = i == widths.length - 1;
        line.append(row.get(i));
        line.append(last ? "" : " ".repeat(widths[i] - width(row.get(i)) + 2));
      }
      out.accept(line.toString());
    }
  }

  private static int width(String cell) {
    String visible = cell.indexOf('\u001b') < 0 ? cell : COLOUR.matcher(cell).replaceAll("");
    return visible.codePointCount(0, visible.length());
  }

  /** Text of others, which must not move the cursor or change colours. */
  static String plain(String text) {
    return CONTROL.matcher(text).replaceAll("?");
  }
}
