package io.taskfleet.standalone.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request and the answer it must have, as two fenced blocks of a Markdown page spell them.
 *
 * @param line where the request stands in the page
 * @param soon whether the answer may be another one for some seconds
 */
record Exchange(int line, boolean soon, Message request, Message answer) implements Step {
  private static final String SOON = "<!-- soon -->";
  private static final String OPEN = "```http";
  private static final String CLOSE = "```";

  /** The first line, the headers and the body of a request or of an answer. */
  record Message(String first, Map<String, String> headers, String body) {

    static Message of(List<String> lines) {
      Map<String, String> headers = new LinkedHashMap<>();
      int i = 1;
      for (; i < lines.size() && !lines.get(i).isBlank(); i++) {
        String[] header = lines.get(i).split(": ", 2);
        headers.put(header[0], header[1]);
      }
      List<String> body = i < lines.size() ? lines.subList(i + 1, lines.size()) : List.of();
      return new Message(lines.getFirst(), headers, String.join("\n", body));
    }

    boolean isAnswer() {
      return first.startsWith("HTTP/");
    }
  }

  /** The exchanges of a page, in its order. */
  static List<Exchange> of(Path page) throws IOException {
    List<Exchange> exchanges = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    Message request = null;
    int requestLine = 0;
    boolean soon = false;
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).equals(OPEN)) {
        soon |= lines.get(i).equals(SOON);
        continue;
      }
      int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf(CLOSE);
      Message message = Message.of(lines.subList(i + 1, end));
      if (message.isAnswer() == (request == null)) {
        throw new IllegalStateException(
            "%s:%d: requests and answers must take turns".formatted(page, i + 1));
      }
      if (request == null) {
        request = message;
        requestLine = i + 1;
      } else {
        exchanges.add(new Exchange(requestLine, soon, request, message));
        request = null;
        soon = false;
      }
      i = end;
    }
    if (request != null) {
      throw new IllegalStateException("%s:%d has no answer".formatted(page, requestLine));
    }
    return exchanges;
  }
}
