package io.taskfleet.gateway.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.taskfleet.gateway.GatewayClient;
import io.taskfleet.gateway.TestGateway;
import io.taskfleet.gateway.security.AuditLog.Actor;
import io.taskfleet.gateway.web.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** What operators do with API keys, and that it is audited. */
class KeyRingIT {
  private static final Executor THREADS = Thread::startVirtualThread;

  private static TestGateway gateway;
  private static KeyRing ring;
  private static JdbcClient jdbc;

  private String tenant;
  private Actor operator;

  @BeforeAll
  static void start() {
    gateway = TestGateway.onSharedServers("key_ring", Map.of());
    ring = gateway.bean(KeyRing.class);
    jdbc = gateway.bean(JdbcClient.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void newTenant() {
    tenant = "t-" + UUID.randomUUID();
    operator = TestKeys.operator(tenant);
  }

  @Test
  void makesAKeyThatWorksAndIsShownOnce() {
    KeyRing.Issued issued = ring.create(operator, reader(null));

    assertThat(statusWith(issued.key())).isEqualTo(404);
    assertThat(ring.list(tenant))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.id()).isEqualTo(issued.id());
              assertThat(entry.scopes()).containsExactly("tasks:read");
              assertThat(entry.toString()).doesNotContain(issued.key());
            });
    assertThat(issued.toString()).doesNotContain(issued.key());
    assertThat(audited()).containsExactly("api_key.create " + issued.id());
  }

  @Test
  void endsARevokedKeyAtOnceAndOnceOnly() {
    KeyRing.Issued issued = ring.create(operator, reader(null));
    assertThat(statusWith(issued.key())).isEqualTo(404);

    ring.revoke(operator, issued.id());
    ring.revoke(operator, issued.id());

    assertThat(statusWith(issued.key())).isEqualTo(401);
    assertThat(audited())
        .containsExactly("api_key.create " + issued.id(), "api_key.revoke " + issued.id());
  }

  @Test
  void rotatesAKeyAndKeepsTheOldOneForAWhile() {
    KeyRing.Issued old = ring.create(operator, reader(null));

    KeyRing.Issued successor = ring.rotate(operator, old.id(), Duration.ofHours(1));

    assertThat(statusWith(old.key())).isEqualTo(404);
    assertThat(statusWith(successor.key())).isEqualTo(404);
    KeyRing.Entry ending = entry(old.id());
    assertThat(ending.expiresAt())
        .isBetween(Instant.now().plusSeconds(3500), Instant.now().plusSeconds(3600));
    assertThat(entry(successor.id()))
        .usingRecursiveComparison()
        .ignoringFields("id", "createdAt", "expiresAt")
        .isEqualTo(ending);
    assertThat(entry(successor.id()).expiresAt()).isNull();
    assertThat(audited()).contains("api_key.rotate " + old.id());
  }

  @Test
  void endsTheOldKeyAtOnceWhenThereIsNoOverlap() {
    KeyRing.Issued old = ring.create(operator, reader(null));
    assertThat(statusWith(old.key())).isEqualTo(404);

    KeyRing.Issued successor = ring.rotate(operator, old.id(), Duration.ZERO);

    assertThat(statusWith(old.key())).isEqualTo(401);
    assertThat(statusWith(successor.key())).isEqualTo(404);
  }

  @Test
  void rotatesNoKeyIntoALongerLife() {
    Instant end = Instant.parse("2100-01-01T00:00:00Z");
    KeyRing.Issued old = ring.create(operator, reader(end));

    KeyRing.Issued successor = ring.rotate(operator, old.id(), Duration.ofDays(1));

    assertThat(entry(successor.id()).expiresAt()).isEqualTo(end);
    assertThat(entry(old.id()).expiresAt()).isBefore(end);
    ring.revoke(operator, old.id());
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> ring.rotate(operator, old.id(), Duration.ZERO));
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> ring.rotate(operator, successor.id(), Duration.ofDays(31)));
  }

  @Test
  void hidesTheKeysOfOtherTenants() {
    KeyRing.Issued issued = ring.create(operator, reader(null));
    String elsewhere = "t-" + UUID.randomUUID();
    Actor stranger = TestKeys.operator(elsewhere);

    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> ring.revoke(stranger, issued.id()))
        .withMessage("there is no such API key");
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> ring.rotate(stranger, issued.id(), Duration.ZERO))
        .withMessage("there is no such API key");

    assertThat(ring.list(elsewhere)).isEmpty();
    assertThat(statusWith(issued.key())).isEqualTo(404);
  }

  @Test
  void refusesAKeyThatCouldDoNothing() {
    for (NewKey bad :
        List.of(
            new NewKey(" ", Set.of(Scope.ADMIN), null, null),
            new NewKey("line\nbreak", Set.of(Scope.ADMIN), null, null),
            new NewKey("n".repeat(101), Set.of(Scope.ADMIN), null, null),
            new NewKey("name", Set.of(), null, null),
            new NewKey("name", Set.of(Scope.ADMIN), 0, null),
            new NewKey("name", Set.of(Scope.ADMIN), null, Instant.EPOCH))) {
      assertThatExceptionOfType(ProblemException.class)
          .isThrownBy(() -> ring.create(operator, bad));
    }
    assertThat(ring.list(tenant)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update audit_log set actor = 'nobody'",
        "delete from audit_log",
        "delete from audit_log where false",
        "truncate audit_log"
      })
  void letsNobodyChangeTheAuditLog(String statement) {
    KeyRing.Issued issued = ring.create(operator, reader(null));

    assertThatExceptionOfType(DataAccessException.class)
        .isThrownBy(() -> jdbc.sql(statement).update())
        .havingRootCause()
        .withMessageContaining("append-only");

    assertThat(audited()).containsExactly("api_key.create " + issued.id());
  }

  @Test
  void auditsWithTheChangeOrNotAtAll() {
    AuditLog audit = gateway.bean(AuditLog.class);
    assertThatIllegalStateException()
        .isThrownBy(() -> audit.write(operator, "queue.pause", "email", Map.of()));

    gateway
        .bean(TransactionOperations.class)
        .executeWithoutResult(
            status -> {
              audit.write(operator, "queue.pause", "email", Map.of("reason", "a \"quote\""));
              assertThat(audited()).containsExactly("queue.pause email");
              status.setRollbackOnly();
            });

    assertThat(audited()).isEmpty();
  }

  @Test
  void saysWhoDidItAndInWhichRequest() {
    ring.create(operator, reader(null));

    Map<String, Object> row =
        jdbc.sql(
                "select actor, trace_id, detail ->> 'name' as name from audit_log where tenant = ?")
            .param(tenant)
            .query()
            .singleRow();

    assertThat(row)
        .containsEntry("actor", "key:" + operator.caller().keyId())
        .containsEntry("trace_id", operator.trace().traceId())
        .containsEntry("name", "reader");
  }

  @ParameterizedTest
  @ValueSource(strings = {"revoked", "rotated"})
  void endsTheStreamsOfAKeyThatHasEndedAndNoOthers(String how) throws Exception {
    KeyRing.Issued issued = ring.create(operator, reader(null));
    KeyRing.Issued other = ring.create(operator, reader(null));
    try (InputStream ending = stream(issued.key());
        InputStream lasting = stream(other.key())) {
      Future<byte[]> told = CompletableFuture.supplyAsync(() -> allOf(ending), THREADS);
      Future<byte[]> toldOthers = CompletableFuture.supplyAsync(() -> allOf(lasting), THREADS);

      end(issued, how);

      assertThat(told.get(20, TimeUnit.SECONDS)).startsWith("retry: ".getBytes(UTF_8));
      assertThat(toldOthers).isNotDone();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"revoked", "rotated"})
  void endsTheTokensOfAKeyThatHasEndedAndNoOthers(String how) throws Exception {
    KeyRing.Issued issued = ring.create(operator, maker());
    String ending = tokenOf(issued);
    String lasting = tokenOf(ring.create(operator, maker()));
    try (InputStream stream = stream(ending)) {
      Future<byte[]> told = CompletableFuture.supplyAsync(() -> allOf(stream), THREADS);
      assertThat(statusWith(ending)).isEqualTo(404);

      end(issued, how);

      assertThat(statusWith(ending)).isEqualTo(401);
      assertThat(statusWith(lasting)).isEqualTo(404);
      assertThat(told.get(20, TimeUnit.SECONDS)).startsWith("retry: ".getBytes(UTF_8));
    }
  }

  @Test
  void leavesTokensAsTheyAreWhileKeysCannotBeRead() {
    KeyRing.Issued revoked = ring.create(operator, maker());
    String ended = tokenOf(revoked);
    String good = tokenOf(ring.create(operator, maker()));
    ring.revoke(operator, revoked.id());
    jdbc.sql("alter table api_key rename to api_key_away").update();
    try {
      gateway.bean(ApiKeys.class).renew();

      assertThat(statusWith(good)).isEqualTo(404);
      assertThat(statusWith(ended)).isEqualTo(401);
    } finally {
      jdbc.sql("alter table api_key_away rename to api_key").update();
    }
  }

  private void end(KeyRing.Issued issued, String how) {
    if (how.equals("revoked")) {
      ring.revoke(operator, issued.id());
    } else {
      ring.rotate(operator, issued.id(), Duration.ZERO);
    }
  }

  private static String tokenOf(KeyRing.Issued issued) {
    HttpResponse<String> answer =
        new GatewayClient(gateway.url(), issued.key())
            .post("/v1/tokens", "{\"user_id\":\"ada\",\"scopes\":[\"tasks:read\"]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return GatewayClient.json(answer).get("token").asString();
  }

  private static InputStream stream(String key) throws Exception {
    HttpResponse<InputStream> answer =
        HttpClient.newHttpClient()
            .send(
                new GatewayClient(gateway.url(), key).request("/v1/events").build(),
                BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private static byte[] allOf(InputStream stream) {
    try {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> audited() {
    return jdbc.sql(
            "select action || ' ' || subject from audit_log where tenant = ? order by at, id")
        .param(tenant)
        .query(String.class)
        .list();
  }

  private KeyRing.Entry entry(UUID id) {
    return ring.list(tenant).stream().filter(e -> e.id().equals(id)).findFirst().orElseThrow();
  }

  private static NewKey reader(@Nullable Instant expiresAt) {
    return new NewKey("reader", Set.of(Scope.TASKS_READ), 500, expiresAt);
  }

  private static NewKey maker() {
    return new NewKey("maker", Set.of(Scope.USERS, Scope.TASKS_READ), 500, null);
  }

  private static int statusWith(String key) {
    return new GatewayClient(gateway.url(), key).get("/v1/tasks/" + UUID.randomUUID()).statusCode();
  }
}
