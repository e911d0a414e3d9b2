package io.taskfleet.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The lines of a file that the gateway sends while they are read. */
final class Download implements Iterator<String>, AutoCloseable {
  private final Transport transport;
  private final Call call;
  private final InputStream body;
  private final BufferedReader reader;
  private @Nullable String next;
  private boolean ended;

  private Download(Transport transport, Call call) {
    this.transport = transport;
    this.call = call;
    body = Objects.requireNonNull(transport.open(call).body());
    reader = new BufferedReader(new InputStreamReader(body, UTF_8));
  }

  /** The lines; closing the stream ends the download. */
  static Stream<String> lines(Transport transport, Call call) {
    Download download = new Download(transport, call);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                download, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(download::close);
  }

  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      try {
        next = reader.readLine();
      } catch (IOException e) {
        throw transport.givenUp(call, Failure.lost(e), 1);
      }
      ended = next == null;
    }
    return next != null;
  }

  @Override
  public String next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    String line = Objects.requireNonNull(next);
    next = null;
    return line;
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
