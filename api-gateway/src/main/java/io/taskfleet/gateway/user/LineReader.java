package io.taskfleet.gateway.user;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Lines of a stream of any length, of which one at a time is in memory. */
final class LineReader {
  private static final int BUFFER = 16 * 1024;

  private final InputStream in;
  private final int longest;
  private final long end;
  private final byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;
  private long number;

  /**
   * A reader.
   *
   * @param longest bytes of a line, at most
   * @param patience how long the whole stream may take
   */
  LineReader(InputStream in, int longest, Duration patience) {
    this.in = in;
    this.longest = longest;
    end = System.nanoTime() + patience.toNanos();
  }

  /**
   * A line without its end.
   *
   * @param number from 1
   * @param text null if the line is too long
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes are passed on, never compared
  record Line(long number, byte @Nullable [] text) {

    /** Whether there is nothing to see. */
    boolean isBlank() {
      if (text == null) {
        return false;
      }
      for (byte b : text) {
        if (b != ' ' && b != '\t' && b != '\r') {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * The next line, or null behind the last one.
   *
   * @throws InterruptedIOException if the stream takes too long
   */
  @Nullable Line next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean tooLong = false;
    boolean begun = false;
    while (from < to || fill()) {
      begun = true;
      int end = from;
      while (end < to && buffer[end] != '\n') {
        end++;
      }
      tooLong |= line.size() + end - from > longest;
      if (!tooLong) {
        line.write(buffer, from, end - from);
      }
      boolean complete = end < to;
      from = complete ? end + 1 : end;
      if (complete) {
        break;
      }
    }
    return begun ? new Line(++number, tooLong ? null : line.toByteArray()) : null;
  }

  // Looked at here and not between lines: one line alone may take for ever.
  private boolean fill() throws IOException {
    if (System.nanoTime() - end > 0) {
      throw new InterruptedIOException();
    }
    from = 0;
    to = Math.max(0, in.read(buffer));
    return to > 0;
  }
}
