package io.taskfleet.gateway.socket;

import io.github.bucket4j.Bucket;
import io.taskfleet.gateway.security.Caller;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * A client at its socket. What a client says is handled one frame after the other; those fields
 * that others read are volatile.
 */
final class Connection {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int REFUSALS_PER_MINUTE = 30;

  private final Outbox outbox;
  private final Bucket frames;
  private final Bucket refusals = perMinute(REFUSALS_PER_MINUTE);
  private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

  // Written by the thread of the frame that says who it is.
  private volatile @Nullable Caller caller;
  private volatile @Nullable Member member;
  // Written by whoever handles a frame or a pong.
  private volatile long heardNanos = System.nanoTime();
  private final long openedNanos = heardNanos;
  // Written when the socket is closed.
  private volatile boolean gone;
  // The rounds' own.
  private long pingedNanos = heardNanos;

  Connection(Outbox outbox, int framesPerMinute) {
    this.outbox = outbox;
    this.frames = perMinute(framesPerMinute);
  }

  /** Who a client has shown to be, and what brings it the inbox, if it can have one. */
  record Member(Person person, @Nullable Feed feed) {}

  private static Bucket perMinute(int many) {
    return Bucket.builder().addLimit(l -> l.capacity(many).refillGreedy(many, MINUTE)).build();
  }

  Outbox outbox() {
    return outbox;
  }

  /** Whether it may say something more; a sign of life at any rate. */
  boolean mayTalk() {
    heard();
    return frames.tryConsume(1);
  }

  /** Whether it may be refused something and stay. */
  boolean mayErr() {
    return refusals.tryConsume(1);
  }

  void heard() {
    heardNanos = System.nanoTime();
  }

  void admit(Caller good, Member as) {
    caller = good;
    member = as;
  }

  void renew(Caller good) {
    caller = good;
  }

  /** The client's token. */
  @Nullable Caller caller() {
    return caller;
  }

  /** Who it is, once it has shown that. */
  @Nullable Member member() {
    return member;
  }

  Caller requireCaller() {
    return Objects.requireNonNull(caller);
  }

  Person requirePerson() {
    return Objects.requireNonNull(member).person();
  }

  /** What it has subscribed to. */
  Set<Channel> channels() {
    return channels;
  }

  void send(ServerFrame frame) {
    outbox.send(frame.toMessage());
  }

  void refuse(CloseStatus status) {
    outbox.finish(status);
  }

  void setGone() {
    gone = true;
  }

  boolean isGone() {
    return gone;
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - openedNanos);
  }

  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heardNanos);
  }

  /** Whether it has not been pinged for this long; if so, it is now. */
  boolean takePing(Duration every) {
    long now = System.nanoTime();
    boolean due = now - pingedNanos >= every.toNanos();
    if (due) {
      pingedNanos = now;
    }
    return due;
  }
}
