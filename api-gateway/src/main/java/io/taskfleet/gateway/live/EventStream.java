package io.taskfleet.gateway.live;

import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.web.LongConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One client's stream of events. A virtual thread of its own writes it. */
public final class EventStream implements LongConnection.User {
  private static final long NOT_WRITING = 0;

  private final EventStreams streams;
  private final LiveProperties properties;
  private final String kind;
  private final Caller caller;
  private final long openedNanos = System.nanoTime();
  private volatile long untilNanos;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile @Nullable LongConnection connection;
  private volatile @Nullable Thread thread;
  private volatile boolean cut;

  // Written by the stream's thread, read by whoever looks for slow clients.
  private volatile long writingSince = NOT_WRITING;

  // Guarded by this.
  private boolean resting;
  private @Nullable Story story;

  // The stream's thread only.
  private long beatNanos;

  EventStream(
      EventStreams streams,
      LiveProperties properties,
      String kind,
      Caller caller,
      Duration longest) {
    this.streams = streams;
    this.properties = properties;
    this.kind = kind;
    this.caller = caller;
    this.untilNanos = openedNanos + longest.toNanos();
    // Streams that were opened together need not all speak together.
    long beat = properties.heartbeat().toNanos();
    this.beatNanos = openedNanos + ThreadLocalRandom.current().nextLong(beat / 2, beat + 1);
  }

  String kind() {
    return kind;
  }

  String tenant() {
    return caller.tenant();
  }

  /** The API key it was opened with, or the token was made with. */
  UUID key() {
    return caller.keyId();
  }

  /** Its time is up. */
  void expire() {
    untilNanos = System.nanoTime();
    letGo();
  }

  synchronized void willTell(Story what) {
    story = what;
  }

  /** What is to be told, once: whoever has it closes it. */
  private synchronized @Nullable Story takeStory() {
    Story its = story;
    story = null;
    return its;
  }

  /** Sends an event. */
  public void send(String event, String id, byte[] json) throws IOException {
    write(EventBlock.event(event, id, json));
  }

  /** Says where the client has come to. */
  void place(String id) throws IOException {
    write(EventBlock.beat(id));
  }

  /** Says that the stream is there, if nothing else has for a while. */
  public void beatIfDue() throws IOException {
    beatIfDue(null);
  }

  /** The same, and where the client has come to. */
  void beatIfDue(@Nullable String id) throws IOException {
    if (untilBeat().isZero()) {
      write(EventBlock.beat(id));
    }
  }

  /** A wait, for at most this long. */
  @FunctionalInterface
  public interface Rest<T> {
    /** Waits. */
    T take(Duration time) throws InterruptedException;
  }

  /**
   * Waits, until there is something to say at the latest. Only here is the stream's thread
   * interrupted when the client has gone: elsewhere it may be using what others use, too.
   */
  public <T> T rest(Rest<T> rest) throws InterruptedException {
    synchronized (this) {
      if (!isOpen()) {
        throw new InterruptedException("the stream has ended");
      }
      resting = true;
    }
    try {
      return rest.take(untilBeat());
    } finally {
      synchronized (this) {
        resting = false;
      }
    }
  }

  private Duration untilBeat() {
    long now = System.nanoTime();
    return Duration.ofNanos(Math.max(0, Math.min(beatNanos - now, untilNanos - now)));
  }

  /** Whether there is more to be said: nobody has ended it, and its time is not up. */
  public boolean isOpen() {
    return !ended.get() && !streams.isClosed() && System.nanoTime() - untilNanos < 0;
  }

  private void write(byte[] block) throws IOException {
    LongConnection to = connection;
    if (to == null || ended.get()) {
      throw new IOException("the stream has ended");
    }
    writingSince = System.nanoTime() | 1;
    try {
      to.write(block);
    } finally {
      writingSince = NOT_WRITING;
    }
    beatNanos = System.nanoTime() + properties.heartbeat().toNanos();
  }

  @Override
  public void begin(LongConnection its) {
    connection = its;
    thread = Thread.ofVirtual().name("events-" + kind).start(this::run);
  }

  private void run() {
    try (Story its = takeStory()) {
      LongConnection to = connection;
      if (to != null && its != null) {
        to.limitBuffer(Math.toIntExact(properties.sendBuffer().toBytes()));
        write(EventBlock.retry(properties.retry()));
        its.tell(this);
      }
    } catch (IOException gone) {
      // The client is, or was too slow.
    } catch (InterruptedException letGo) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException defect) {
      streams.failed(this, defect);
    } finally {
      release();
      LongConnection to = connection;
      if (to != null) {
        to.close();
      }
    }
  }

  /** The client has gone. */
  @Override
  public void end() {
    release();
    letGo();
  }

  /** Has the stream's thread look whether the stream is still open. */
  synchronized void letGo() {
    if (resting) {
      interrupt();
    }
  }

  private void interrupt() {
    Thread its = thread;
    if (its != null) {
      its.interrupt();
    }
  }

  /** Ends a stream whose thread never began. */
  void abandon() {
    release();
    Story its = takeStory();
    if (its != null) {
      its.close();
    }
  }

  private void release() {
    if (ended.compareAndSet(false, true)) {
      streams.ended(this);
    }
  }

  /** Ends it if a write takes longer than this; answers whether it did. */
  boolean cutIfSlow(Duration patience) {
    long since = writingSince;
    LongConnection to = connection;
    if (since == NOT_WRITING
        || to == null
        || cut
        || System.nanoTime() - since < patience.toNanos()) {
      return false;
    }
    cut = true;
    to.close();
    release();
    // It waits in a write, for a connection that is closed.
    interrupt();
    return true;
  }

  /** Whether it was opened this long ago and has not begun: its client hung up just then. */
  boolean isStillborn(Duration age) {
    return connection == null && System.nanoTime() - openedNanos > age.toNanos();
  }
}
