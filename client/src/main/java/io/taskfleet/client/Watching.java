package io.taskfleet.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway tells of as it happens. When the connection is lost, or the server ends it
 * before the last event, it is made anew from where it was.
 */
final class Watching<T> implements Iterator<T>, AutoCloseable {
  private static final Duration LONG_LIVED = Duration.ofSeconds(5);

  private final Transport transport;
  private final Source<T> source;
  private volatile @Nullable EventStream events;
  private String lastEventId;
  private @Nullable Duration pause;
  private long connectedAt;
  private int fruitless;
  private @Nullable T next;
  private @Nullable T last;
  private boolean asking;
  private boolean ended;
  private volatile boolean closed;

  /**
   * What is watched.
   *
   * @param reader makes something of an event; null of those that are for others
   * @param isLast whether nothing follows this
   * @param otherwise asks again and again, of gateways that do not tell by themselves
   */
  record Source<T>(
      Call call, Reader<T> reader, Predicate<T> isLast, @Nullable Polling<T> otherwise) {

    Source(Call call, Reader<T> reader) {
      this(call, reader, any -> false, null);
    }
  }

  @FunctionalInterface
  interface Reader<T> {
    @Nullable T read(ServerEvent event);
  }

  /** The next change after this one. */
  @FunctionalInterface
  interface Polling<T> {
    T after(@Nullable T last);
  }

  private Watching(Transport transport, Source<T> source, String lastEventId) {
    this.transport = transport;
    this.source = source;
    this.lastEventId = lastEventId;
  }

  /** What happens, in a stream that does not end before the last; closing it ends it. */
  static <T> Stream<T> stream(Transport transport, Source<T> source, String lastEventId) {
    Watching<T> watching = new Watching<>(transport, source, lastEventId);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                watching, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(watching::close);
  }

  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      next = advance();
      ended = next == null;
    }
    return next != null;
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    T value = Objects.requireNonNull(next);
    next = null;
    if (source.isLast().test(value)) {
      ended = true;
      close();
    }
    return value;
  }

  private @Nullable T advance() {
    while (!closed) {
      try {
        if (asking) {
          last = Objects.requireNonNull(source.otherwise()).after(last);
          return last;
        }
        EventStream stream = events == null ? connect() : events;
        events = stream;
        if (stream == null) {
          if (asking) {
            continue;
          }
          return null;
        }
        ServerEvent event = stream.next();
        if (event != null) {
          fruitless = 0;
          T value = source.reader().read(event);
          if (value != null) {
            last = value;
            return value;
          }
          continue;
        }
        breakOff(stream, new IOException("the stream ended"));
      } catch (IOException e) {
        breakOff(Objects.requireNonNull(events), e);
      }
    }
    return null;
  }

  /** Null if the server has nothing to tell, or does not tell by itself. */
  private @Nullable EventStream connect() {
    Call call = source.call().accepting("text/event-stream");
    Reply<InputStream> reply;
    try {
      reply =
          transport.open(lastEventId.isEmpty() ? call : call.header("Last-Event-ID", lastEventId));
    } catch (RefusedException e) {
      asking = source.otherwise() != null && (e.status() == 404 || e.status() == 406);
      if (asking) {
        return null;
      }
      throw e;
    }
    InputStream body = Objects.requireNonNull(reply.body());
    if (reply.status() == 204) {
      return null;
    }
    connectedAt = System.nanoTime();
    return new EventStream(body, lastEventId);
  }

  private void breakOff(EventStream stream, IOException why) {
    lastEventId = stream.lastEventId();
    pause = stream.retry() == null ? pause : stream.retry();
    close(stream);
    events = null;
    if (closed) {
      return;
    }
    // One that lasted was good for something, even if nothing happened meanwhile.
    fruitless = System.nanoTime() - connectedAt > LONG_LIVED.toNanos() ? 0 : fruitless + 1;
    if (fruitless >= transport.backoff().policy().attempts()) {
      throw transport.givenUp(source.call(), Failure.lost(why), fruitless);
    }
    transport.rest(
        transport.backoff().after(Math.max(1, fruitless), pause), source.call(), fruitless);
  }

  private static void close(EventStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** May be called by any thread; whoever reads then comes to the end. */
  @Override
  public void close() {
    closed = true;
    EventStream stream = events;
    if (stream != null) {
      close(stream);
    }
  }
}
