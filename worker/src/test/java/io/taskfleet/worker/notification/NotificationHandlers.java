package io.taskfleet.worker.notification;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.taskfleet.handler.TaskContext;
import io.taskfleet.worker.attempt.AttemptContext;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.DependencyProperties;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import io.taskfleet.worker.outbound.OutboundProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Handlers for one user, who has an endpoint and wants everything in the inbox. */
final class NotificationHandlers {
  static final UUID USER = UUID.randomUUID();
  static final UUID ENDPOINT = UUID.randomUUID();
  private static final Addressee ADA =
      new Addressee("ada@example.com", List.of(Channel.IN_APP), null, List.of(ENDPOINT));
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final Instant CREATED = Instant.parse("2026-11-21T12:00:00Z");
  private static final Clock CLOCK = Clock.systemUTC();

  private NotificationHandlers() {}

  static NotificationHandler handler(GuardedHttpClient with, OutboundProperties outbound) {
    NotificationProperties properties = properties(SECRET);
    return new NotificationHandler(
        new Webhooks(with, dependencies(), outbound, properties, CLOCK),
        new Recipients(
            (tenant, user) -> user.equals(USER) ? Optional.of(ADA) : Optional.empty(),
            new NoEndpoints(),
            (tenant, key, window, task) -> task,
            new NoDigests()),
        properties,
        new FailureClassifier(),
        CLOCK);
  }

  static NotificationProperties properties(String secret) {
    return new NotificationProperties(
        secret, Duration.ofSeconds(10), Duration.ofDays(5), "Notification");
  }

  static Dependencies dependencies() {
    return new Dependencies(
        new Binder(new MapConfigurationPropertySource())
            .bindOrCreate("taskfleet.dependency", DependencyProperties.class),
        CircuitBreakerRegistry.ofDefaults(),
        RateLimiterRegistry.ofDefaults(),
        new FailureClassifier(),
        CLOCK);
  }

  static OutboundProperties outbound(boolean allowsLoopback) {
    return new OutboundProperties(
        allowsLoopback ? List.of("127.0.0.0/8") : List.of(),
        null,
        100,
        30,
        Duration.ofSeconds(3),
        Duration.ofSeconds(3));
  }

  static TaskContext context(UUID id, @Nullable String traceparent) {
    return new AttemptContext(
        id, "acme", 1, CREATED, CLOCK.instant().plusSeconds(30), traceparent, _ -> {});
  }

  /** Nothing here is collected: {@code NotificationIT} is about that. */
  private static final class NoDigests implements Digests {
    @Override
    public Digest add(Owner owner, Duration window, Item item) {
      throw new AssertionError("there is none");
    }

    @Override
    public boolean isDeliveredBy(String tenant, UUID task) {
      return false;
    }

    @Override
    public Collected close(String tenant, UUID id) {
      throw new AssertionError("there is none");
    }
  }

  /** Nothing here is for an endpoint: {@code EndpointIT} is about those. */
  private static final class NoEndpoints implements Endpoints {
    @Override
    public Optional<Endpoint> find(String tenant, UUID id) {
      return Optional.empty();
    }

    @Override
    public void succeeded(String tenant, Endpoint called) {
      throw new AssertionError("there is none");
    }

    @Override
    public void failed(String tenant, Endpoint called, String how, boolean isGone) {
      throw new AssertionError("there is none");
    }
  }
}
