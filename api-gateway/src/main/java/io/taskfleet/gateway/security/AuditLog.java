package io.taskfleet.gateway.security;

import io.taskfleet.gateway.web.TraceContext;
import io.taskfleet.task.TaskIds;
import io.taskfleet.wire.StrictJson;
import java.time.Clock;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Who changed what. A row is part of the transaction that makes the change, so that there is never
 * one without the other, and nobody can change it afterwards: the database refuses.
 */
public final class AuditLog {
  private static final String INSERT =
      """
      insert into audit_log (id, tenant, actor, action, subject, detail, trace_id)
      values (:id, :tenant, :actor, :action, :subject, cast(:detail as json), :trace)
      """;

  private final JdbcClient jdbc;
  private final Clock clock;

  AuditLog(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * A request that changes something.
   *
   * @param trace where the request can be found in the logs
   */
  public record Actor(Caller caller, TraceContext trace) {
    String name() {
      String key = "key:" + caller.keyId();
      return caller.user() == null ? key : key + " user:" + caller.user();
    }
  }

  /**
   * Adds a row to the caller's transaction.
   *
   * @param action what was done, such as {@code api_key.revoke}
   * @param subject what it was done to, such as an id
   * @param detail what else is to be known; neither secrets nor personal data
   * @throws IllegalStateException if there is no transaction
   */
  public void write(Actor actor, String action, String subject, Map<String, ?> detail) {
    if (!TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException("the audit log is written in the transaction of the change");
    }
    jdbc.sql(INSERT)
        .param("id", TaskIds.next(clock))
        .param("tenant", actor.caller().tenant())
        .param("actor", actor.name())
        .param("action", action)
        .param("subject", subject)
        .param("detail", StrictJson.mapper().writeValueAsString(detail))
        .param("trace", actor.trace().traceId())
        .update();
  }
}
