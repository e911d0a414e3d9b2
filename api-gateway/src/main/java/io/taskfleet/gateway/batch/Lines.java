package io.taskfleet.gateway.batch;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;

/**
 * The lines of a body, one after the other, in a buffer that grows up to the longest line there may
 * be. Blank lines count, and are passed over.
 */
final class Lines {
  private static final int FIRST_BUFFER = 64 << 10;

  private final InputStream in;
  private final int longest;
  private final long patienceNanos;

  private byte[] buffer = new byte[FIRST_BUFFER];
  private int from;
  private int to;
  private boolean ended;
  private int number;
  private byte[] text = new byte[0];
  private boolean tooLong;

  /**
   * Lines of this stream.
   *
   * @param longest how many bytes a line may have
   * @param patience how long a line may take to arrive
   */
  Lines(InputStream in, int longest, Duration patience) {
    this.in = in;
    this.longest = longest;
    this.patienceNanos = patience.toNanos();
  }

  /**
   * Goes to the next line that is not blank, if there is one.
   *
   * @throws IOException if the stream breaks off, or the line takes too long to arrive
   */
  boolean next() throws IOException {
    long until = System.nanoTime() + patienceNanos;
    int seen = 0;
    while (true) {
      int end = endOfLine(from + seen);
      if (end >= 0) {
        take(from, end);
        from = end + 1;
      } else if (ended) {
        if (from == to) {
          return false;
        }
        take(from, to);
        from = to;
      } else if (to - from > longest + 1) {
        skip(until);
        return true;
      } else {
        seen = to - from;
        fill(until);
        continue;
      }
      seen = 0;
      if (tooLong || !isBlank(text)) {
        return true;
      }
    }
  }

  /** Which line this is, from 1. */
  int number() {
    return number;
  }

  /** Whether the line has more bytes than it may have, and no text therefore. */
  boolean isTooLong() {
    return tooLong;
  }

  /** The line without its end. */
  byte[] text() {
    return text;
  }

  private int endOfLine(int start) {
    for (int i = start; i < to; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void take(int start, int end) {
    number++;
    int last = end > start && buffer[end - 1] == '\r' ? end - 1 : end;
    tooLong = last - start > longest;
    text = tooLong ? new byte[0] : Arrays.copyOfRange(buffer, start, last);
  }

  /** Passes over the rest of a line that is too long. */
  private void skip(long until) throws IOException {
    number++;
    tooLong = true;
    text = new byte[0];
    int end = endOfLine(from);
    while (end < 0 && !ended) {
      from = to;
      fill(until);
      end = endOfLine(from);
    }
    from = end < 0 ? to : end + 1;
  }

  private void fill(long until) throws IOException {
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
    }
    if (to == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int read = in.read(buffer, to, buffer.length - to);
    if (System.nanoTime() - until > 0) {
      throw new IOException("a line took too long to arrive");
    }
    if (read < 0) {
      ended = true;
    } else {
      to += read;
    }
  }

  private static boolean isBlank(byte[] text) {
    for (byte b : text) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
