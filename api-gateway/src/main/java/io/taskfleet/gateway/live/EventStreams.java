package io.taskfleet.gateway.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.taskfleet.gateway.security.Caller;
import io.taskfleet.gateway.security.KeyHolder;
import io.taskfleet.gateway.web.LongConnection;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/** All streams of events that are open, of which there are never too many. */
public final class EventStreams implements SmartLifecycle, KeyHolder {
  private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
  private static final Duration CHECK = Duration.ofMillis(500);
  private static final Duration STILLBORN = Duration.ofSeconds(10);
  // Of a client that is being written to when the gateway stops.
  private static final Duration FAREWELL = Duration.ofSeconds(1);
  private static final int ASK_AGAIN_AFTER_SECONDS = 10;

  private final LiveProperties properties;
  private final Clock clock;
  private final ScheduledExecutorService background;
  private final Counter slow;
  private final MeterRegistry meters;
  private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();
  private final Map<String, Integer> countByTenant = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> countByKind = new ConcurrentHashMap<>();
  private volatile boolean running;
  private volatile boolean closed;

  EventStreams(
      LiveProperties properties,
      Clock clock,
      ScheduledExecutorService background,
      MeterRegistry meters) {
    this.properties = properties;
    this.clock = clock;
    this.background = background;
    this.meters = meters;
    this.slow =
        Counter.builder("taskfleet.live.slow.clients")
            .description("Streams that were cut off because their client did not read")
            .register(meters);
  }

  /**
   * Answers with a stream.
   *
   * @param kind what it tells of
   * @param beginning finds what is to be told to the tenant, and throws what there is to answer
   *     instead; empty if the client has heard it all
   * @throws ProblemException if there are too many streams
   */
  public void open(
      String kind, Follower follower, Function<String, Optional<? extends Story>> beginning)
      throws IOException {
    EventStream stream = admit(kind, follower.caller());
    HttpServletResponse response = follower.response();
    boolean taken = false;
    try {
      Optional<? extends Story> story = beginning.apply(follower.tenant());
      story.ifPresent(stream::willTell);
      response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
      if (story.isEmpty()) {
        response.setStatus(HttpStatus.NO_CONTENT.value());
        return;
      }
      response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
      // Some proxies would collect events until a buffer is full.
      response.setHeader("X-Accel-Buffering", "no");
      if (!HttpMethod.HEAD.matches(follower.request().getMethod())) {
        LongConnection.take(follower.request(), response, stream);
        taken = true;
      }
    } finally {
      if (!taken) {
        stream.abandon();
      }
    }
  }

  private EventStream admit(String kind, Caller caller) {
    if (closed) {
      throw ProblemException.unavailable("the gateway is about to stop", ASK_AGAIN_AFTER_SECONDS);
    }
    if (count.incrementAndGet() > properties.streams()) {
      count.decrementAndGet();
      throw ProblemException.unavailable(
          "as many streams are open as may be", ASK_AGAIN_AFTER_SECONDS);
    }
    int its = countByTenant.merge(caller.tenant(), 1, Integer::sum);
    countByKind.computeIfAbsent(kind, this::counter).incrementAndGet();
    EventStream stream = new EventStream(this, properties, kind, caller, longest(caller));
    open.add(stream);
    if (its > properties.streamsPerTenant()) {
      stream.abandon();
      throw ProblemException.of(
              ProblemType.TOO_MANY_REQUESTS,
              properties.streamsPerTenant() + " streams may be open at once")
          .withHeader(HttpHeaders.RETRY_AFTER, Integer.toString(ASK_AGAIN_AFTER_SECONDS));
    }
    return stream;
  }

  private Duration longest(Caller caller) {
    if (caller.expiresAt() == null) {
      return properties.longest();
    }
    Duration good = Duration.between(clock.instant(), caller.expiresAt());
    return good.compareTo(properties.longest()) < 0 ? good : properties.longest();
  }

  private AtomicInteger counter(String kind) {
    AtomicInteger counter = new AtomicInteger();
    Gauge.builder("taskfleet.live.streams", counter, AtomicInteger::get)
        .description("Streams of events that are open")
        .tag("kind", kind)
        .register(meters);
    return counter;
  }

  void ended(EventStream stream) {
    open.remove(stream);
    count.decrementAndGet();
    countByTenant.computeIfPresent(stream.tenant(), (key, its) -> its == 1 ? null : its - 1);
    countByKind.computeIfAbsent(stream.kind(), this::counter).decrementAndGet();
  }

  void failed(EventStream stream, RuntimeException defect) {
    LOG.error("A stream of events about a {} ends", stream.kind(), defect);
  }

  /** How many are open. */
  int size() {
    return open.size();
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public Set<UUID> keys() {
    return open.stream().map(EventStream::key).collect(Collectors.toSet());
  }

  @Override
  public void end(UUID key) {
    open.stream().filter(stream -> stream.key().equals(key)).forEach(EventStream::expire);
  }

  private void check() {
    Duration patience = closed ? FAREWELL : properties.writeWithin();
    for (EventStream stream : open) {
      if (stream.isStillborn(STILLBORN)) {
        stream.abandon();
      } else if (stream.cutIfSlow(patience)) {
        slow.increment();
        LOG.info("A client that does not read its events is cut off");
      }
    }
  }

  @Override
  public void start() {
    running = true;
    var _ =
        background.scheduleWithFixedDelay(
            this::check, CHECK.toMillis(), CHECK.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Ends all streams, before the server waits for its requests to end. */
  @Override
  public void stop() {
    closed = true;
    running = false;
    open.forEach(EventStream::letGo);
  }
}
