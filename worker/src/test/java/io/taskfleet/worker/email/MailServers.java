package io.taskfleet.worker.email;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.taskfleet.worker.dependency.Dependencies;
import io.taskfleet.worker.dependency.DependencyProperties;
import io.taskfleet.worker.failure.FailureClassifier;
import io.taskfleet.worker.outbound.GuardedHttpClient;
import io.taskfleet.worker.outbound.OutboundProperties;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Properties as an operator writes them, and what a handler needs beside them. */
final class MailServers {
  private MailServers() {}

  /** Those of a worker with one server, and what is said in pairs of name and value. */
  static EmailProperties properties(int port, Map<String, String> more) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "host", "127.0.0.1", "port", Integer.toString(port), "from", "fleet@example.org"));
    all.putAll(more);
    return bound(all);
  }

  /** Those of a worker with several, called {@code one}, {@code two} and so on. */
  static EmailProperties providers(Map<String, String> more, int... ports) {
    String[] names = {"one", "two", "three"};
    Map<String, String> all = new HashMap<>(Map.of("from", "fleet@example.org"));
    for (int i = 0; i < ports.length; i++) {
      all.put("providers[%d].name".formatted(i), names[i]);
      all.put("providers[%d].host".formatted(i), "127.0.0.1");
      all.put("providers[%d].port".formatted(i), Integer.toString(ports[i]));
    }
    all.putAll(more);
    return bound(all);
  }

  static EmailHandler.Surroundings around(EmailRecords records, Clock clock) {
    return new EmailHandler.Surroundings(
        new Dependencies(
            bound("taskfleet.dependency", Map.of(), DependencyProperties.class),
            CircuitBreakerRegistry.ofDefaults(),
            RateLimiterRegistry.ofDefaults(),
            new FailureClassifier(),
            clock),
        new GuardedHttpClient(
            bound(
                "taskfleet.outbound",
                Map.of("allowed-networks", "127.0.0.0/8,::1"),
                OutboundProperties.class),
            clock),
        records,
        clock,
        clock);
  }

  private static EmailProperties bound(Map<String, String> values) {
    return bound("taskfleet.email", values, EmailProperties.class);
  }

  private static <T> T bound(String prefix, Map<String, String> values, Class<T> type) {
    Map<String, String> named = new HashMap<>();
    values.forEach((name, value) -> named.put(prefix + '.' + name, value));
    return new Binder(new MapConfigurationPropertySource(named)).bindOrCreate(prefix, type);
  }
}
