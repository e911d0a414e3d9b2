package io.taskfleet.standalone.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client says and hears on its WebSocket, as a fenced block of a Markdown page spells it: a
 * line {@code connect} with subprotocols where it begins, then {@code >} before what it says,
 * {@code <} before what it hears next, and {@code close}, or {@code closed} with a code.
 *
 * @param client its name in the page
 */
record Excerpt(int line, String client, List<String> lines) implements Step {
  private static final String OPEN = "```ws ";
  private static final String CLOSE = "```";

  /** The excerpts of a page, in its order. */
  static List<Excerpt> of(Path page) throws IOException {
    List<Excerpt> excerpts = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(OPEN)) {
        int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf(CLOSE);
        excerpts.add(
            new Excerpt(i + 1, lines.get(i).substring(OPEN.length()), lines.subList(i + 1, end)));
        i = end;
      }
    }
    return excerpts;
  }
}
