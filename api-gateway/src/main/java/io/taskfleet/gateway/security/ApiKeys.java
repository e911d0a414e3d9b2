package io.taskfleet.gateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  // Longer than any token lives, also one made by a gateway that has not heard of the end for long.
  private static final Duration ENDED_MATTER = Duration.ofDays(1);

  private final ApiKeyRepository repository;
  private final Clock clock;
  private final Cache<Hash, Caller> known;
  private final Cache<Hash, Boolean> unknown;
  private final Turns lookups;
  private final Supplier<Stream<KeyHolder>> holders;
  // Written by whoever renews.
  private volatile Set<UUID> ended = Set.of();

  /**
   * None yet.
   *
   * @param holders are told of the keys that have ended
   */
  ApiKeys(
      ApiKeyRepository repository,
      SecurityProperties properties,
      Clock clock,
      Supplier<Stream<KeyHolder>> holders) {
    this.repository = repository;
    this.clock = clock;
    this.holders = holders;
    lookups =
        new Turns(
            LOOKUPS_AT_ONCE,
            properties.lookupTimeout(),
            "the API key cannot be checked at the moment");
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

  /** Whom this key stands for, if it is good and has been asked about lately. */
  Optional<Caller> known(String key) {
    return good(known.getIfPresent(Hash.of(key)));
  }

  /**
   * Whom this key stands for, if it is good.
   *
   * @throws ProblemException if the key is new here and Postgres cannot say
   */
  Optional<Caller> find(String key) {
    Hash hash = Hash.of(key);
    Caller caller = known.getIfPresent(hash);
    if (caller == null && unknown.getIfPresent(hash) == null) {
      caller = load(hash);
    }
    return good(caller);
  }

  // Whatever is cached, a key is good until it expires and no longer.
  private Optional<Caller> good(@Nullable Caller caller) {
    return Optional.ofNullable(caller).filter(found -> found.isGoodAt(clock.instant()));
  }

  private @Nullable Caller load(Hash hash) {
    Optional<Caller> caller =
        lookups.ask(() -> repository.findByHash(hash.toBytes()).flatMap(ApiKey::caller));
    caller.ifPresentOrElse(good -> known.put(hash, good), () -> unknown.put(hash, Boolean.TRUE));
    return caller.orElse(null);
  }

  /** Whether tokens made with this key are good no more, as far as Postgres has said. */
  boolean hasEnded(UUID key) {
    return ended.contains(key);
  }

  /** Asks Postgres which keys have ended. */
  void learnEnded() {
    Instant now = clock.instant();
    ended = Set.copyOf(repository.findEnded(now.minus(ENDED_MATTER), now));
  }

  /**
   * Asks Postgres again which keys have ended, and about every key that is cached, or by which
   * something goes on. One thread at a time: what was read first must not be kept last.
   */
  synchronized void renew() {
    try {
      learnEnded();
      renewKnown();
    } catch (DataAccessException | TransactionException away) {
      LOG.warn("API keys were not renewed: the database did not answer");
    }
  }

  private void renewKnown() {
    Map<Hash, Caller> cached = Map.copyOf(known.asMap());
    Map<KeyHolder, Set<UUID>> held =
        holders.get().collect(Collectors.toMap(Function.identity(), KeyHolder::keys));
    Set<UUID> ids =
        Stream.concat(
                cached.values().stream().map(Caller::keyId),
                held.values().stream().flatMap(Set::stream))
            .collect(Collectors.toSet());
    if (ids.isEmpty()) {
      return;
    }
    Map<UUID, Caller> good =
        repository.findByIdIn(ids).stream()
            .flatMap(key -> key.caller().stream())
            .collect(Collectors.toMap(Caller::keyId, Function.identity()));
    cached.forEach((hash, caller) -> replace(hash, caller, good.get(caller.keyId())));
    held.forEach((holder, keys) -> end(holder, keys, good));
  }

  private void end(KeyHolder holder, Set<UUID> keys, Map<UUID, Caller> good) {
    keys.stream().filter(key -> good(good.get(key)).isEmpty()).forEach(holder::end);
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
