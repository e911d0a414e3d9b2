package io.taskfleet.gateway.security;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.security.AuditLog.Actor;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import io.taskfleet.task.TaskIds;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The API keys of a tenant, as its operators handle them. What is changed here holds in this
 * gateway at once, and in the others when they next renew what they know. Every change is audited.
 */
public final class KeyRing {
  private static final Duration LONGEST_OVERLAP = Duration.ofDays(30);
  private static final int MOST_LISTED = 1000;

  private final ApiKeyRepository repository;
  private final Storage storage;
  private final ApiKeys keys;
  private final Turns turns;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  KeyRing(ApiKeyRepository repository, Storage storage, ApiKeys keys, Turns turns, Clock clock) {
    this.repository = repository;
    this.storage = storage;
    this.keys = keys;
    this.turns = turns;
    this.clock = clock;
  }

  /** What a change is written with. */
  record Storage(
      TransactionOperations transactions, JdbcAggregateOperations aggregates, AuditLog audit) {}

  /**
   * A key that has just been made.
   *
   * @param key its text, which can be had only here
   */
  public record Issued(UUID id, String key) {
    @Override
    public String toString() {
      return "Issued[id=" + id + "]";
    }
  }

  /** A key, without the text that nobody has any more. */
  public record Entry(
      UUID id,
      String name,
      List<String> scopes,
      @Nullable Integer ratePerMinute,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt) {}

  /** Makes a key for the tenant of the caller. */
  public Issued create(Actor actor, NewKey wish) {
    wish.check(clock.instant());
    return change(
        () -> {
          Issued issued = insert(actor, wish);
          storage
              .audit()
              .write(
                  actor,
                  "api_key.create",
                  issued.id().toString(),
                  Map.of("name", wish.name(), "scopes", List.of(wish.labels())));
          return issued;
        });
  }

  /** The tenant's keys, newest first, those that are no longer good among them. */
  public List<Entry> list(String tenant) {
    return turns.ask(
        () -> repository.findNewest(tenant, MOST_LISTED).stream().map(KeyRing::entry).toList());
  }

  /**
   * Ends a key for good. Twice is harmless.
   *
   * @throws ProblemException if the tenant has no such key
   */
  public void revoke(Actor actor, UUID id) {
    change(
        () -> {
          ApiKey key = require(actor, id);
          if (key.revokedAt() == null) {
            storage.aggregates().update(key.revokedAt(clock.instant()));
            storage.audit().write(actor, "api_key.revoke", id.toString(), Map.of());
          }
          return key;
        });
  }

  /**
   * Makes a key that may do what the old one may, which is good for as long as it takes to hand the
   * new one out.
   *
   * @throws ProblemException if the tenant has no such key, or it is not good any more
   */
  public Issued rotate(Actor actor, UUID id, Duration overlap) {
    if (overlap.isNegative() || overlap.compareTo(LONGEST_OVERLAP) > 0) {
      throw ProblemException.refused("/overlap", "must be 0s to 30d");
    }
    return change(
        () -> {
          ApiKey old = require(actor, id);
          if (old.caller().filter(caller -> caller.isGoodAt(clock.instant())).isEmpty()) {
            throw ProblemException.refused("", "the key has been revoked or has expired");
          }
          Issued issued = insert(actor, NewKey.like(old));
          storage.aggregates().update(old.expiringBy(clock.instant().plus(overlap)));
          storage
              .audit()
              .write(
                  actor,
                  "api_key.rotate",
                  id.toString(),
                  Map.of("successor", issued.id(), "overlap", overlap.toString()));
          return issued;
        });
  }

  private <T> T change(Supplier<T> change) {
    T result = turns.ask(() -> storage.transactions().execute(status -> change.get()));
    keys.renew();
    return result;
  }

  private ApiKey require(Actor actor, UUID id) {
    return repository
        .lock(actor.caller().tenant(), id)
        .orElseThrow(() -> ProblemException.of(ProblemType.NOT_FOUND, "there is no such API key"));
  }

  private Issued insert(Actor actor, NewKey wish) {
    Issued issued = new Issued(TaskIds.next(clock), KeyText.random(random));
    storage
        .aggregates()
        .insert(
            new ApiKey(
                issued.id(),
                actor.caller().tenant(),
                wish.name(),
                KeyText.hash(issued.key()),
                wish.labels(),
                clock.instant(),
                wish.expiresAt(),
                null,
                wish.ratePerMinute()));
    return issued;
  }

  private static Entry entry(ApiKey key) {
    return new Entry(
        key.id(),
        key.name(),
        List.of(key.scopes()),
        key.ratePerMinute(),
        key.createdAt(),
        key.expiresAt(),
        key.revokedAt());
  }
}
