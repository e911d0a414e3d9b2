package io.taskfleet.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads a {@code text/event-stream} as the WHATWG's HTML standard (9.2.6) says. */
final class EventStream implements AutoCloseable {
  private static final int LONGEST = 1 << 24;
  private static final int MOST_DIGITS = 9;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream body;
  private final BufferedReader reader;
  private final StringBuilder line = new StringBuilder();
  private final StringBuilder data = new StringBuilder();
  private String name = "";
  private String id;
  private String lastEventId;
  private @Nullable Duration retry;
  private boolean first = true;
  private boolean afterReturn;

  /**
   * A stream that begins.
   *
   * @param lastEventId of the stream before it; empty for none
   */
  EventStream(InputStream body, String lastEventId) {
    this.body = body;
    this.reader = new BufferedReader(new InputStreamReader(body, UTF_8));
    this.id = lastEventId;
    this.lastEventId = lastEventId;
  }

  /** The next event; null at the end, where a half event is dropped. */
  @Nullable ServerEvent next() throws IOException {
    while (readLine()) {
      if (line.length() == 0) {
        ServerEvent event = dispatched();
        if (event != null) {
          return event;
        }
      } else {
        take(line.toString());
      }
    }
    return null;
  }

  /** How long to wait before connecting anew, if the server has said so. */
  @Nullable Duration retry() {
    return retry;
  }

  /** The id to connect anew with; empty for none. */
  String lastEventId() {
    return lastEventId;
  }

  private @Nullable ServerEvent dispatched() {
    // Not before: whoever comes back after half an event must be told of it again.
    lastEventId = id;
    if (data.length() == 0) {
      name = "";
      return null;
    }
    data.setLength(data.length() - 1);
    ServerEvent event = new ServerEvent(id, name.isEmpty() ? "message" : name, data.toString());
    data.setLength(0);
    name = "";
    return event;
  }

  private void take(String text) throws IOException {
    int colon = text.indexOf(':');
    if (colon == 0) {
      return;
    }
    String field = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    if (value.startsWith(" ")) {
      value = value.substring(1);
    }
    switch (field) {
      case "event" -> name = value;
      case "data" -> {
        if (data.length() + value.length() > LONGEST) {
          throw new IOException("an event is too long");
        }
        data.append(value).append('\n');
      }
      case "id" -> id = value.indexOf('\0') < 0 ? value : id;
      case "retry" -> retry = isNumber(value) ? Duration.ofMillis(Long.parseLong(value)) : retry;
      default -> {
        // Such as a comment: it keeps the connection alive.
      }
    }
  }

  private static boolean isNumber(String value) {
    return !value.isEmpty()
        && value.length() <= MOST_DIGITS
        && value.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Whether there was a whole line; it ends with CR, LF, or both. */
  private boolean readLine() throws IOException {
    line.setLength(0);
    while (true) {
      int next = reader.read();
      if (next < 0) {
        return false;
      }
      boolean skipped = afterReturn && next == '\n';
      afterReturn = next == '\r';
      if (skipped || (first && next == BYTE_ORDER_MARK)) {
        first = false;
        continue;
      }
      first = false;
      if (next == '\n' || next == '\r') {
        return true;
      }
      if (line.length() >= LONGEST) {
        throw new IOException("a line of the event stream is too long");
      }
      line.append((char) next);
    }
  }

  // Not the reader: it can be closed only when nobody reads.
  @Override
  public void close() throws IOException {
    body.close();
  }
}
