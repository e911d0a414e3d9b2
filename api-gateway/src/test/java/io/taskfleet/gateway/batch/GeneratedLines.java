package io.taskfleet.gateway.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.InputStream;
import java.util.function.IntFunction;

/** A body of any number of lines, made while it is read. */
final class GeneratedLines extends InputStream {
  private final int count;
  private final IntFunction<String> lines;
  private byte[] line = new byte[0];
  private int at;
  private int made;

  /**
   * Lines from 1 to this number.
   *
   * @param lines each without its end
   */
  GeneratedLines(int count, IntFunction<String> lines) {
    this.count = count;
    this.lines = lines;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    if (at == line.length) {
      if (made == count) {
        return -1;
      }
      line = (lines.apply(++made) + '\n').getBytes(UTF_8);
      at = 0;
    }
    int read = Math.min(length, line.length - at);
    System.arraycopy(line, at, buffer, offset, read);
    at += read;
    return read;
  }
}
