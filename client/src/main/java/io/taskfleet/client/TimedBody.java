package io.taskfleet.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer that is read while it comes, and given up when nothing comes for too long.
 *
 * <p>A piece is asked for when the one before it has been read, so that no more than one waits.
 */
final class TimedBody extends InputStream implements BodySubscriber<InputStream> {
  private final Duration patience;
  // One piece and the end after it.
  private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(3);
  private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
  private Piece current = new Piece(List.of(), false, null);

  private record Piece(List<ByteBuffer> buffers, boolean last, @Nullable Throwable failure) {}

  TimedBody(Duration patience) {
    this.patience = patience;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription given) {
    if (subscription.complete(given)) {
      given.request(1);
    } else {
      given.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    pieces.add(new Piece(buffers, false, null));
  }

  @Override
  public void onError(Throwable failure) {
    pieces.add(new Piece(List.of(), true, failure));
  }

  @Override
  public void onComplete() {
    pieces.add(new Piece(List.of(), true, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      for (ByteBuffer buffer : current.buffers) {
        if (buffer.hasRemaining()) {
          int count = Math.min(length, buffer.remaining());
          buffer.get(target, offset, count);
          return count;
        }
      }
      if (current.last) {
        return end();
      }
      next();
    }
  }

  private int end() throws IOException {
    if (current.failure != null) {
      throw new IOException("the connection broke off", current.failure);
    }
    return -1;
  }

  private void next() throws IOException {
    try {
      Piece piece = pieces.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (piece == null) {
        close();
        throw new HttpTimeoutException("nothing came for " + patience);
      }
      current = piece;
      if (!piece.last) {
        subscription.join().request(1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new IOException("interrupted", e);
    }
  }

  /** May be called by any thread; whoever reads then comes to the end. */
  @Override
  public void close() {
    if (subscription.isDone()) {
      subscription.join().cancel();
    }
    // Full only if the end is in it already.
    boolean noted = pieces.offer(new Piece(List.of(), true, null));
    assert noted || !pieces.isEmpty();
  }
}
