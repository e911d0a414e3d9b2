package io.taskfleet.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.Iterator;
import java.util.stream.Stream;

/** Objects as lines of JSON, written when they are read. */
final class ObjectLines extends InputStream {
  private static final int ENOUGH = 16 * 1024;

  private final Stream<?> objects;
  private final Iterator<?> iterator;
  private byte[] ready = {};
  private int position;

  ObjectLines(Stream<?> objects) {
    this.objects = objects;
    this.iterator = objects.iterator();
  }

  @Override
  public int read() {
    return fill() ? ready[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, ready.length - position);
    System.arraycopy(ready, position, target, offset, count);
    position += count;
    return count;
  }

  /** Whether there is something to read. */
  private boolean fill() {
    if (position < ready.length) {
      return true;
    }
    ByteArrayOutputStream lines = new ByteArrayOutputStream(ENOUGH);
    while (lines.size() < ENOUGH && iterator.hasNext()) {
      lines.writeBytes(Json.write(iterator.next()).getBytes(UTF_8));
      lines.write('\n');
    }
    ready = lines.toByteArray();
    position = 0;
    return ready.length > 0;
  }

  @Override
  public void close() {
    objects.close();
  }
}
