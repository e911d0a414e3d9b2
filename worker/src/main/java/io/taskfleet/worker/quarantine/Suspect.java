package io.taskfleet.worker.quarantine;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A record that may have been started before. Used by one poll loop's thread. */
public final class Suspect {
  final ConsumerRecord<?, ?> record;
  private final Runnable ready;

  /** How many workers it has been with when they died; null until counted. */
  @Nullable Integer crashes;

  boolean dropped;

  /**
   * A record of which nothing is known yet.
   *
   * @param ready makes it ready again when it was told to wait
   */
  public Suspect(ConsumerRecord<?, ?> record, Runnable ready) {
    this.record = record;
    this.ready = ready;
  }

  /** Its window has been given up. */
  public void drop() {
    dropped = true;
  }

  void release() {
    ready.run();
  }
}
