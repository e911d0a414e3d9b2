package io.taskfleet.worker.recipient;

import io.taskfleet.secret.SealKeys;
import io.taskfleet.secret.Sealed;
import io.taskfleet.secret.SigningKeyPlace;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.notification.Endpoint;
import io.taskfleet.worker.notification.Endpoints;
import io.taskfleet.worker.postgres.Questions;
import java.security.GeneralSecurityException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables {@code webhook_endpoint} and {@code webhook_signing_key}. */
public final class EndpointTable implements Endpoints {
  private static final Logger log = LoggerFactory.getLogger(EndpointTable.class);

  /** How often to see whether an operator has given this worker the key. */
  private static final Duration UNTIL_CONFIGURED = Duration.ofMinutes(1);

  private static final String FIND =
      """
      select endpoint.url, endpoint.failing_since is not null as failing,
             endpoint.disabled_because, key.id as key_id, key.sealed, key.sealed_with
        from webhook_endpoint as endpoint
        left join webhook_signing_key as key
          on key.tenant = endpoint.tenant and key.endpoint_id = endpoint.id
         and (key.expires_at is null or key.expires_at > now())
       where endpoint.tenant = ? and endpoint.id = ?
       order by key.created_at desc, key.id desc
      """;

  /** A call of an earlier URL says nothing of this one. */
  private static final String FAILED =
      """
      update webhook_endpoint set
          failing_since = coalesce(failing_since, now()), last_failure = told.how,
          disabled_at = case when told.reason is not null then now() end,
          disabled_because = told.reason
        from (select tenant, id, ? as how,
                     case when ? then 'gone'
                          when failing_since <= now() - ? * interval '1 millisecond' then 'failing'
                          end as reason
                from webhook_endpoint
               where tenant = ? and id = ? and url = ? and disabled_at is null
                 for update) as told
       where webhook_endpoint.tenant = told.tenant and webhook_endpoint.id = told.id
      returning webhook_endpoint.disabled_because
      """;

  private static final String SUCCEEDED =
      """
      update webhook_endpoint set failing_since = null, last_failure = null
       where tenant = ? and id = ? and url = ? and disabled_at is null
      """;

  private final Questions questions;
  private final SealKeys keys;
  private final Duration patience;

  /**
   * The tables that are asked in this way.
   *
   * @param patience after how long without success an endpoint is disabled
   */
  public EndpointTable(Questions questions, SealKeys keys, Duration patience) {
    this.questions = questions;
    this.keys = keys;
    this.patience = patience;
  }

  private record Row(
      String url, boolean failing, @Nullable String disabledBecause, List<SealedKey> keys) {}

  private record SealedKey(UUID id, Sealed sealed) {}

  @Override
  public Optional<Endpoint> find(String tenant, UUID id)
      throws CallRefusedException, InterruptedException {
    Row row = row(tenant, id);
    if (row == null) {
      return Optional.empty();
    }
    List<String> secrets = row.disabledBecause == null ? secrets(tenant, id, row) : List.of();
    return Optional.of(new Endpoint(id, row.url, secrets, row.failing, row.disabledBecause));
  }

  private @Nullable Row row(String tenant, UUID id)
      throws CallRefusedException, InterruptedException {
    return questions
        .ask(
            connection -> {
              try (PreparedStatement find = connection.prepareStatement(FIND)) {
                find.setString(1, tenant);
                find.setObject(2, id);
                try (ResultSet rows = find.executeQuery()) {
                  return read(rows);
                }
              }
            })
        .orElse(null);
  }

  private static Optional<Row> read(ResultSet rows) throws SQLException {
    Row row = null;
    while (rows.next()) {
      if (row == null) {
        row =
            new Row(
                rows.getString("url"),
                rows.getBoolean("failing"),
                rows.getString("disabled_because"),
                new ArrayList<>());
      }
      UUID key = rows.getObject("key_id", UUID.class);
      if (key != null) {
        Sealed sealed = new Sealed(rows.getString("sealed_with"), rows.getBytes("sealed"));
        row.keys.add(new SealedKey(key, sealed));
      }
    }
    return Optional.ofNullable(row);
  }

  private List<String> secrets(String tenant, UUID id, Row row) throws CallRefusedException {
    List<String> secrets = new ArrayList<>();
    for (SealedKey key : row.keys) {
      try {
        secrets.add(keys.open(key.sealed, new SigningKeyPlace(tenant, id, key.id).toString()));
      } catch (GeneralSecurityException e) {
        log.warn("the signing key {} of endpoint {} cannot be opened", key.id, id, e);
        throw new CallRefusedException(
            "this worker cannot open the endpoint's signing key: see " + SealKeys.PROPERTY,
            UNTIL_CONFIGURED);
      }
    }
    return secrets;
  }

  @Override
  public void succeeded(String tenant, Endpoint called) throws InterruptedException {
    try {
      int _ =
          questions.ask(
              connection -> {
                try (PreparedStatement update = connection.prepareStatement(SUCCEEDED)) {
                  update.setString(1, tenant);
                  update.setObject(2, called.id());
                  update.setString(3, called.url());
                  return update.executeUpdate();
                }
              });
    } catch (CallRefusedException away) {
      log.info("that endpoint {} works again is noted at its next call", called.id());
    }
  }

  @Override
  public void failed(String tenant, Endpoint called, String how, boolean isGone)
      throws CallRefusedException, InterruptedException {
    Optional<String> disabled =
        questions.ask(
            connection -> {
              try (PreparedStatement update = connection.prepareStatement(FAILED)) {
                update.setString(1, how);
                update.setBoolean(2, isGone);
                update.setLong(3, patience.toMillis());
                update.setString(4, tenant);
                update.setObject(5, called.id());
                update.setString(6, called.url());
                try (ResultSet row = update.executeQuery()) {
                  return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
                }
              }
            });
    disabled.ifPresent(
        reason -> log.warn("endpoint {} is not called any more: {}, {}", called.id(), reason, how));
  }
}
