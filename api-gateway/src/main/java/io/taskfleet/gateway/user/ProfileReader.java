package io.taskfleet.gateway.user;

import io.taskfleet.gateway.postgres.Turns;
import io.taskfleet.gateway.web.ProblemException;
import io.taskfleet.task.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a profile together. Its parts are fetched side by side and waited for under one deadline; a
 * part that fails or is late is left out. What is late is not interrupted, which would cost its
 * connection: it ends by the limits of its own.
 */
final class ProfileReader {
  private static final Logger LOG = LoggerFactory.getLogger(ProfileReader.class);

  private final UserCache cache;
  private final UserRepository users;
  private final PreferenceTable preferences;
  private final Inbox inbox;
  private final Turns turns;
  private final Limits limits;

  ProfileReader(
      UserCache cache,
      UserRepository users,
      PreferenceTable preferences,
      Inbox inbox,
      Turns turns,
      Limits limits) {
    this.cache = cache;
    this.users = users;
    this.preferences = preferences;
    this.inbox = inbox;
    this.turns = turns;
    this.limits = limits;
  }

  /** Where the parts are fetched, and how long they are waited for. */
  record Limits(Executor threads, Duration deadline) {}

  /**
   * The profile, as far as it can be had.
   *
   * @throws ProblemException if there is no such user, or the user itself cannot be had
   */
  Profile read(String tenant, UUID id) {
    long end = System.nanoTime() + limits.deadline().toNanos();
    CompletableFuture<CachedUser> user = fetch(() -> cache.find(tenant, id).user());
    CompletableFuture<List<String>> permissions =
        fetch(() -> turns.ask(() -> users.permissions(tenant, id)));
    CompletableFuture<Preferences> wishes =
        fetch(() -> turns.ask(() -> preferences.find(tenant, id)).orElseThrow(UserCache::unknown));
    CompletableFuture<List<NotificationView>> unread = fetch(() -> inbox.unread(tenant, id));
    RawJson found = new RawJson(user(user, end).json());
    List<String> missing = new ArrayList<>();
    return new Profile(
        found,
        part("permissions", permissions, end, missing),
        part("preferences", wishes, end, missing),
        part("notifications", unread, end, missing),
        missing);
  }

  private <T> CompletableFuture<T> fetch(Supplier<T> part) {
    return CompletableFuture.supplyAsync(part, limits.threads());
  }

  private CachedUser user(CompletableFuture<CachedUser> user, long end) {
    try {
      return await(user, end);
    } catch (TimeoutException late) {
      throw turns.away();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ProblemException problem
          ? problem
          : new IllegalStateException(e);
    }
  }

  private static <T> @Nullable T part(
      String name, CompletableFuture<T> part, long end, List<String> missing) {
    try {
      return await(part, end);
    } catch (TimeoutException late) {
      missing.add(name);
    } catch (ExecutionException e) {
      missing.add(name);
      if (!(e.getCause() instanceof ProblemException)) {
        LOG.error("The {} of a profile cannot be read", name, e.getCause());
      }
    }
    return null;
  }

  private static <T> T await(CompletableFuture<T> part, long end)
      throws TimeoutException, ExecutionException {
    try {
      return part.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException();
    }
  }
}
