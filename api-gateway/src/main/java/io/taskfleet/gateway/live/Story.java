package io.taskfleet.gateway.live;

import java.io.IOException;

/** What one stream tells, from its first event to its last. */
public interface Story extends AutoCloseable {
  /**
   * Tells it, on the stream's own thread, until it has ended or the stream is not open any more.
   */
  void tell(EventStream stream) throws IOException, InterruptedException;

  /** The stream has ended, or never began. Called once. */
  @Override
  void close();
}
