package io.taskfleet.gateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.taskfleet.gateway.web.ProblemException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * The keys that are good, as far as they have been asked about. What is cached is renewed from the
 * outside by {@link #renew()}, for all keys in one query, so that no request waits for it and
 * nothing expires while Postgres is away.
 */
final class ApiKeys {
  private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
  // Far fewer than the pool has connections: strangers must not use it up.
  private static final int LOOKUPS_AT_ONCE = 2;

  private final ApiKeyRepository repository;
  private final SecurityProperties properties;
  private final Clock clock;
  private final Cache<Hash, Caller> known;
  private final Cache<Hash, Boolean> unknown;
  private final Semaphore lookups = new Semaphore(LOOKUPS_AT_ONCE);

  ApiKeys(ApiKeyRepository repository, SecurityProperties properties, Clock clock) {
    this.repository = repository;
    this.properties = properties;
    this.clock = clock;
    known =
        Caffeine.newBuilder()
            .maximumSize(properties.cachedKeys())
            .expireAfterAccess(properties.forgetAfter())
            .build();
    unknown =
        Caffeine.newBuilder()
            .maximumSize(properties.cachedKeys())
            .expireAfterWrite(properties.refusalsCachedFor())
            .build();
  }

  /**
   * Whom this key stands for, if it is good.
   *
   * @throws ProblemException if the key is new here and Postgres cannot say
   */
  Optional<Caller> find(String key) {
    if (!KeyText.isKey(key)) {
      return Optional.empty();
    }
    Hash hash = Hash.of(key);
    Caller caller = known.getIfPresent(hash);
    if (caller == null && unknown.getIfPresent(hash) == null) {
      caller = load(hash);
    }
    return Optional.ofNullable(caller).filter(good -> good.isGoodAt(clock.instant()));
  }

  private @Nullable Caller load(Hash hash) {
    try {
      if (!lookups.tryAcquire(properties.lookupTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw away();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away();
    }
    try {
      Optional<Caller> caller = repository.findByHash(hash.toBytes()).flatMap(ApiKey::caller);
      caller.ifPresentOrElse(good -> known.put(hash, good), () -> unknown.put(hash, Boolean.TRUE));
      return caller.orElse(null);
    } catch (DataAccessException | TransactionException e) {
      throw away();
    } finally {
      lookups.release();
    }
  }

  private static ProblemException away() {
    return ProblemException.unavailable("the API key cannot be checked at the moment", 5);
  }

  /** Asks Postgres again about every key that is cached. */
  void renew() {
    Map<Hash, Caller> cached = Map.copyOf(known.asMap());
    if (cached.isEmpty()) {
      return;
    }
    try {
      List<UUID> ids = cached.values().stream().map(Caller::keyId).toList();
      Map<UUID, Caller> good =
          repository.findByIdIn(ids).stream()
              .flatMap(key -> key.caller().stream())
              .collect(Collectors.toMap(Caller::keyId, Function.identity()));
      cached.forEach((hash, caller) -> replace(hash, caller, good.get(caller.keyId())));
    } catch (DataAccessException | TransactionException away) {
      LOG.warn("API keys were not renewed: the database did not answer");
    }
  }

  // Writes only what has changed: a write counts as a use, and unused keys are to be forgotten.
  private void replace(Hash hash, Caller before, @Nullable Caller now) {
    if (now == null) {
      known.invalidate(hash);
    } else if (!now.equals(before)) {
      known.put(hash, now);
    }
  }
}
