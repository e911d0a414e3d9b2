package io.taskfleet.worker;

import io.taskfleet.secret.SealKeys;
import io.taskfleet.secret.Sealed;
import io.taskfleet.secret.SigningKeyPlace;
import io.taskfleet.task.Task;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Users and endpoints, as the gateway stores them. */
final class NotifiedTenant {
  private static final String NAME = Task.DEFAULT_TENANT;

  private final SealKeys seal =
      new SealKeys(Map.of("test", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="), null);
  private final SecureRandom random = new SecureRandom();
  private final JdbcClient database;

  NotifiedTenant(JdbcClient database) {
    this.database = database;
  }

  UUID endpoint(String url) {
    return endpointOf(NAME, url);
  }

  UUID endpointOf(String tenant, String url) {
    UUID id = insert(tenant, url, null);
    key(tenant, id, null);
    return id;
  }

  UUID endpointOfUser(String url, UUID user) {
    UUID id = insert(NAME, url, user);
    key(NAME, id, null);
    return id;
  }

  UUID endpointWithoutKey(String url) {
    return insert(NAME, url, null);
  }

  private UUID insert(String tenant, String url, @Nullable UUID user) {
    UUID id = UUID.randomUUID();
    database
        .sql(
            """
            insert into webhook_endpoint (tenant, id, url, user_id, created_at, updated_at)
            values (:tenant, :id, :url, :user, now(), now())
            """)
        .param("tenant", tenant)
        .param("id", id)
        .param("url", url)
        .param("user", user)
        .update();
    return id;
  }

  /** Gives the endpoint a key that expires after this time, or never, and answers its secret. */
  String key(UUID endpoint, @Nullable Duration expires) {
    return key(NAME, endpoint, expires);
  }

  private String key(String tenant, UUID endpoint, @Nullable Duration expires) {
    UUID id = UUID.randomUUID();
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String secret = "whsec_" + Base64.getEncoder().encodeToString(bytes);
    Sealed sealed = seal.seal(secret, new SigningKeyPlace(tenant, endpoint, id).toString());
    database
        .sql(
            """
            insert into webhook_signing_key (tenant, endpoint_id, id, sealed, sealed_with,
                created_at, expires_at)
            values (:tenant, :endpoint, :id, :sealed, :sealed_with, now(),
                now() + :expires::int * interval '1 second')
            """)
        .param("tenant", tenant)
        .param("endpoint", endpoint)
        .param("id", id)
        .param("sealed", sealed.bytes())
        .param("sealed_with", sealed.keyId())
        .param("expires", expires == null ? null : expires.toSeconds())
        .update();
    return secret;
  }

  void sealWithAnUnknownKey(UUID endpoint) {
    database
        .sql("update webhook_signing_key set sealed_with = 'lost' where endpoint_id = ?")
        .param(endpoint)
        .update();
  }

  void failingSince(UUID endpoint, Duration ago) {
    database
        .sql(
            "update webhook_endpoint set failing_since = now() - ? * interval '1 second'"
                + " where id = ?")
        .params(ago.toSeconds(), endpoint)
        .update();
  }

  void enable(UUID endpoint) {
    database
        .sql(
            """
            update webhook_endpoint set disabled_at = null, disabled_because = null,
                failing_since = null where id = ?
            """)
        .param(endpoint)
        .update();
  }

  /** How the endpoint stands, in a word or two. */
  String standing(UUID endpoint) {
    return database
        .sql(
            """
            select case when disabled_because = 'failing' then 'failing, disabled'
                        when disabled_at is not null then disabled_because
                        when failing_since is not null and last_failure is not null then 'failing'
                        when failing_since is null and last_failure is null then 'fine' end
              from webhook_endpoint where id = ?
            """)
        .param(endpoint)
        .query(String.class)
        .single();
  }

  UUID user(String channels) {
    UUID id = UUID.randomUUID();
    database
        .sql(
            """
            insert into app_user (tenant, id, email, status, created_at, updated_at)
            values (?, ?, ?, 'active', now(), now())
            """)
        .params(NAME, id, email(id))
        .update();
    database
        .sql("insert into user_preference (tenant, user_id, channels) values (?, ?, ?::text[])")
        .params(NAME, id, channels)
        .update();
    return id;
  }

  static String email(UUID user) {
    return user + "@example.com";
  }

  /**
   * Lets the user be undisturbed from an hour ago on; answers until when.
   *
   * @param zone without summer time, in whose nights it would be another hour twice a year
   */
  Instant isQuietFor(UUID user, String zone, Duration time) {
    ZonedDateTime now = ZonedDateTime.now(ZoneId.of(zone)).truncatedTo(ChronoUnit.MINUTES);
    ZonedDateTime end = now.plus(time);
    database
        .sql(
            """
            update user_preference set quiet_from = ?, quiet_to = ?, quiet_zone = ?
             where tenant = ? and user_id = ?
            """)
        .params(now.minusHours(1).toLocalTime(), end.toLocalTime(), zone, NAME, user)
        .update();
    return end.toInstant();
  }

  List<UUID> inbox(UUID user) {
    return database
        .sql("select id from inbox_notification where user_id = ? order by created_at")
        .param(user)
        .query(UUID.class)
        .list();
  }

  /** The tasks whose notifications the user's digests tell of. */
  List<String> collectedIn(UUID user) {
    return database
        .sql(
            """
            select each ->> 'id'
              from inbox_notification, json_array_elements(data -> 'notifications') as each
             where user_id = ?
            """)
        .param(user)
        .query(String.class)
        .list();
  }

  /** As a caller cancels the task of a digest, and as its row is deleted a while later. */
  void cancelAndForget(UUID digest) {
    database
        .sql("update task set state = 'cancelled', finished_at = now(), due_at = null where id = ?")
        .param(digest)
        .update();
    database.sql("delete from task where id = ?").param(digest).update();
    database
        .sql(
            """
            update notification_digest_item set added_at = added_at - interval '61 seconds'
             where digest_id = ?
            """)
        .param(digest)
        .update();
  }

  void passWindowOf(String key) {
    database
        .sql("update notification_claim set until = now() - interval '1 second' where key = ?")
        .param(key)
        .update();
  }
}
