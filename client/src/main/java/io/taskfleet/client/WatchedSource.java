package io.taskfleet.client;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The source of an upload while it is read: how far it is, whether it stands still, and whether it
 * failed by itself. It is opened when the first byte is wanted. A thread of the HTTP client reads;
 * the caller's looks on and closes.
 */
final class WatchedSource extends InputStream {
  private final JsonLines source;
  private @Nullable InputStream input;
  private boolean closed;
  private long lines;
  private long bytes;
  private volatile long lastMoved = System.nanoTime();
  private volatile boolean waiting;
  private volatile @Nullable Throwable failure;

  WatchedSource(JsonLines source) {
    this.source = source;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    waiting = true;
    try {
      int count = opened().read(target, offset, length);
      if (count > 0) {
        bytes += count;
        for (int i = offset; i < offset + count; i++) {
          if (target[i] == '\n') {
            lines++;
          }
        }
        source.progress().sent(lines, bytes);
      }
      return count;
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
      throw new IOException("the source of the upload failed", e);
    } finally {
      lastMoved = System.nanoTime();
      waiting = false;
    }
  }

  private synchronized InputStream opened() throws IOException {
    if (closed) {
      throw new IOException("the upload has been given up");
    }
    if (input == null) {
      input = source.open();
    }
    return input;
  }

  /** For how long the gateway has taken nothing, in nanoseconds; 0 while the source is slow. */
  long stalledFor() {
    return waiting ? 0 : System.nanoTime() - lastMoved;
  }

  /** Why the source, and not the gateway, ended the upload. */
  @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (input != null) {
      input.close();
    }
  }
}
