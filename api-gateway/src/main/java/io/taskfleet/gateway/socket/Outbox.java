package io.taskfleet.gateway.socket;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * What waits to be sent on one socket: so much and no more, and one thread at a time sends it, for
 * as long as there is something. Closing the socket is the last thing it does.
 */
final class Outbox {
  private final WebSocketSession session;
  private final long limit;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();

  // Guarded by the lock.
  private final ArrayDeque<WebSocketMessage<?>> waiting = new ArrayDeque<>();
  private long bytes;
  private boolean sending;
  private @Nullable CloseStatus ending;

  /**
   * An empty one.
   *
   * @param limit bytes that may wait, those under way included; a message may be larger if it is
   *     alone
   */
  Outbox(WebSocketSession session, long limit) {
    this.session = session;
    this.limit = limit;
  }

  /** Sends this, soon. If too much waits already, the client is too slow and is cut off. */
  void send(WebSocketMessage<?> message) {
    lock.lock();
    try {
      if (ending != null) {
        return;
      }
      if (bytes > 0 && bytes + message.getPayloadLength() > limit) {
        abort(CloseStatus.SERVICE_OVERLOAD.withReason("too slow"));
        return;
      }
      add(message);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends this when half of the room is free, for which it waits.
   *
   * @return false if nothing is sent any more
   */
  boolean sendPatiently(WebSocketMessage<?> message) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (ending == null && bytes > 0 && bytes + message.getPayloadLength() > limit / 2) {
        room.await();
      }
      if (ending != null) {
        return false;
      }
      add(message);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the socket is not to be closed. */
  boolean isOpen() {
    return endingIfDue() == null;
  }

  /** Closes the socket when what waits has been sent. */
  void finish(CloseStatus status) {
    lock.lock();
    try {
      if (ending == null) {
        ending = status;
        room.signalAll();
        startIfIdle();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Closes the socket without sending what waits. */
  void abort(CloseStatus status) {
    lock.lock();
    try {
      waiting.clear();
      finish(status);
    } finally {
      lock.unlock();
    }
  }

  private void add(WebSocketMessage<?> message) {
    bytes += message.getPayloadLength();
    waiting.add(message);
    startIfIdle();
  }

  private void startIfIdle() {
    if (!sending) {
      sending = true;
      Thread.ofVirtual().name("socket-send").start(this::drain);
    }
  }

  // A client that does not take a message in time makes the container close the socket, and the
  // send fail.
  private void drain() {
    try {
      for (WebSocketMessage<?> next = next(0); next != null; ) {
        session.sendMessage(next);
        next = next(next.getPayloadLength());
      }
    } catch (IOException | IllegalStateException gone) {
      abort(CloseStatus.GOING_AWAY);
    }
    CloseStatus status = endingIfDue();
    if (status != null) {
      try {
        session.close(status);
      } catch (IOException | IllegalStateException gone) {
        // Closed already.
      }
    }
  }

  private @Nullable WebSocketMessage<?> next(long sent) {
    lock.lock();
    try {
      bytes -= sent;
      room.signalAll();
      WebSocketMessage<?> next = waiting.poll();
      sending = next != null || ending != null;
      return next;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable CloseStatus endingIfDue() {
    lock.lock();
    try {
      return ending;
    } finally {
      lock.unlock();
    }
  }
}
