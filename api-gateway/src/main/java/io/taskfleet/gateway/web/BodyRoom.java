package io.taskfleet.gateway.web;

import jakarta.servlet.ServletRequest;
import java.util.concurrent.Semaphore;

/**
 * The memory for bodies that are read as a whole. What goes beyond a first buffer has to find room
 * in it until its request has been answered; small bodies always come in.
 */
final class BodyRoom {
  private static final String ATTRIBUTE = BodyRoom.class.getName();
  private static final int RETRY_AFTER_SECONDS = 2;

  private final Semaphore bytes;

  /** Room for so many bytes. */
  BodyRoom(int bytes) {
    this.bytes = new Semaphore(bytes);
  }

  /** What one request has taken; its thread only. */
  private final class Share {
    private int taken;

    private void giveBack() {
      bytes.release(taken);
    }
  }

  /**
   * Takes room for this request.
   *
   * @throws ProblemException if there is not so much
   */
  void take(ServletRequest request, int more) {
    if (!bytes.tryAcquire(more)) {
      throw ProblemException.unavailable(
          "more large bodies are coming in than there is room for", RETRY_AFTER_SECONDS);
    }
    if (request.getAttribute(ATTRIBUTE) instanceof Share share) {
      share.taken += more;
    } else {
      Share share = new Share();
      share.taken = more;
      request.setAttribute(ATTRIBUTE, share);
    }
  }

  /** The request has been answered: gives back what it has taken. */
  static void leave(ServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Share share) {
      request.removeAttribute(ATTRIBUTE);
      share.giveBack();
    }
  }
}
