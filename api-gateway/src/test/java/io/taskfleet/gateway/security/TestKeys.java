package io.taskfleet.gateway.security;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.task.TaskIds;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jdbc.core.JdbcAggregateOperations;

/** Keys and callers of tests. */
final class TestKeys {
  private TestKeys() {}

  /** Calls with a key of this tenant that has these scopes. */
  static GatewayClient client(TestGateway gateway, String tenant, Scope... scopes) {
    return client(gateway, tenant, null, scopes);
  }

  static GatewayClient client(
      TestGateway gateway, String tenant, @Nullable Instant expires, Scope... scopes) {
    String key = KeyText.random(new SecureRandom());
    gateway
        .bean(JdbcAggregateOperations.class)
        .insert(
            new ApiKey(
                TaskIds.next(Clock.systemUTC()),
                tenant,
                "test",
                KeyText.hash(key),
                Arrays.stream(scopes).map(Scope::label).toArray(String[]::new),
                Instant.now(),
                expires,
                null,
                null));
    return new GatewayClient(gateway.url(), key);
  }

  /** An operator of this tenant. */
  static AuditLog.Actor operator(String tenant) {
    return new AuditLog.Actor(
        new Caller(TaskIds.next(Clock.systemUTC()), tenant, Set.of(Scope.ADMIN), null, null, null),
        new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00"));
  }
}
