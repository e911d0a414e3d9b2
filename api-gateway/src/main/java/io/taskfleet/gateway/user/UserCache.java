package io.taskfleet.gateway.user;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.redis.Tracking;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.gateway.web.ProblemType;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Users as they are answered: from this process's memory, else from Redis, else from Postgres. Of
 * those who ask for the same user at the same time, one asks further and the others wait for it.
 *
 * <p>The place in memory is taken before the load begins. A change clears the place, and a load
 * whose place is gone answers those who wait for it and nobody after them.
 */
final class UserCache implements Tracking.Listener {
  // Redis, a turn, and the statement: longer than any of them in its turn should take.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final AsyncCache<String, Load> near;
  private final SharedCache shared;
  private final UserRepository users;
  private final Turns turns;
  private final Clock clock;

  UserCache(
      UserProperties.Cache properties,
      SharedCache shared,
      UserRepository users,
      Turns turns,
      Clock clock) {
    this.shared = shared;
    this.users = users;
    this.turns = turns;
    this.clock = clock;
    near =
        Caffeine.newBuilder()
            .maximumSize(properties.nearEntries())
            .expireAfterWrite(properties.nearTimeToLive())
            .buildAsync();
  }

  /**
   * How a load ended.
   *
   * @param certain if there is no user, whether there is none indeed
   */
  private record Load(Optional<CachedUser> user, boolean certain, boolean fromPostgres) {
    static final Load FAILED = new Load(Optional.empty(), false, true);

    CachedUser orElseThrow(Turns turns) {
      return user.orElseThrow(() -> certain ? unknown() : turns.away());
    }
  }

  /**
   * A user, and where it was.
   *
   * @param hit whether Postgres was not asked
   */
  record Found(CachedUser user, boolean hit) {}

  /**
   * The tenant's user of this id.
   *
   * @throws ProblemException if there is none, or it is cached nowhere and Postgres does not answer
   */
  Found find(String tenant, UUID id) {
    String key = UserKeys.user(tenant, id);
    CompletableFuture<Load> known = near.getIfPresent(key);
    if (known == null) {
      CompletableFuture<Load> own = new CompletableFuture<>();
      known = near.asMap().putIfAbsent(key, own);
      if (known == null) {
        Load load = lead(key, own, tenant, id);
        return new Found(load.orElseThrow(turns), !load.fromPostgres());
      }
    }
    boolean there = known.isDone();
    Load load = follow(known);
    return new Found(load.orElseThrow(turns), there || !load.fromPostgres());
  }

  static ProblemException unknown() {
    return ProblemException.of(ProblemType.NOT_FOUND, "there is no user of this id");
  }

  private Load lead(String key, CompletableFuture<Load> place, String tenant, UUID id) {
    Load load = Load.FAILED;
    try {
      load = load(tenant, id);
    } catch (ProblemException away) {
      // Those who wait are told the same.
    } finally {
      if (load.user().isEmpty()) {
        near.asMap().remove(key, place);
      }
      place.complete(load);
    }
    return load;
  }

  private static Load follow(CompletableFuture<Load> load) {
    try {
      return load.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Load.FAILED;
    } catch (ExecutionException | TimeoutException away) {
      return Load.FAILED;
    }
  }

  private Load load(String tenant, UUID id) {
    SharedCache.Look look = shared.look(tenant, id);
    if (look.user().isPresent()) {
      return new Load(look.user(), true, false);
    }
    Optional<CachedUser> user =
        turns.ask(() -> users.find(tenant, id)).map(row -> CachedUser.of(row, clock.instant()));
    user.ifPresent(found -> shared.fill(look, tenant, id, found));
    return new Load(user, true, true);
  }

  /** The user is about to change. */
  void changing(String tenant, UUID id) {
    shared.changing(tenant, id);
  }

  /** Any number of the tenant's users are about to change. */
  void allChanging(String tenant) {
    shared.allChanging(tenant);
  }

  /** The user has changed, or may have; whoever asks from now on hears of it. */
  void changed(String tenant, UUID id) {
    String key = UserKeys.user(tenant, id);
    forget(key);
    shared.changed(tenant, id);
    // Again, for somebody may have read the old value from Redis meanwhile.
    forget(key);
  }

  /** Any number of the tenant's users have changed. */
  void allChanged(String tenant) {
    String key = UserKeys.generation(tenant);
    forget(key);
    shared.allChanged(tenant);
    forget(key);
  }

  @Override
  public void changed(String key) {
    forget(key);
  }

  /** What is remembered of this Redis key is not true any more. */
  void forget(String key) {
    if (UserKeys.isUser(key)) {
      near.asMap().remove(key);
    } else if (UserKeys.isGeneration(key)) {
      String prefix = UserKeys.usersOfGeneration(key);
      near.asMap().keySet().removeIf(each -> each.startsWith(prefix));
    }
  }

  @Override
  public void allChanged() {
    near.asMap().clear();
  }

  // Without being told, the near cache forgets soon enough.
  @Override
  public void begins(boolean told) {
    allChanged();
    shared.retell();
  }
}
