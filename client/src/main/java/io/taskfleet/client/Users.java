package io.taskfleet.client;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Those your tasks are for. */
public final class Users {
  private static final String PATH = "/v1/users";

  private final Transport transport;

  private record Listing(List<User> users, @Nullable String nextPageToken) {}

  private record Inbox(List<InboxNotification> notifications, @Nullable String nextPageToken) {}

  private record Permissions(List<String> permissions) {}

  private record Updated(long updated) {}

  Users(Transport transport) {
    this.transport = transport;
  }

  /** Makes a user and, together with it, a welcome email. */
  public User create(NewUser user) {
    return create(user, UUID.randomUUID().toString());
  }

  /** The same under this idempotency key. */
  public User create(NewUser user, String idempotencyKey) {
    return transport.send(Call.post(PATH, user, idempotencyKey), User.class);
  }

  public User get(UUID id) {
    return transport.send(Call.get(path(id)), User.class);
  }

  /**
   * Changes a user.
   *
   * @param patch the fields to be changed, such as {@code name} (RFC 7396): a null removes one
   */
  public User patch(UUID id, Map<String, ? extends @Nullable Object> patch) {
    return transport.send(Call.patch(path(id), patch), User.class);
  }

  /** Removes the user with permissions, preferences and inbox. */
  public void delete(UUID id) {
    Removal.of(transport, path(id));
  }

  /** All of them, newest first. */
  public Stream<User> list() {
    return Pages.stream(token -> page(null, token));
  }

  /** Those of this status, newest first. */
  public Stream<User> list(UserStatus status) {
    return Pages.stream(token -> page(status, token));
  }

  /**
   * A part of them.
   *
   * @param status null for any
   * @param pageToken null for the first
   */
  public Page<User> page(@Nullable UserStatus status, @Nullable String pageToken) {
    Query query = Query.NONE.with("status", status).with("page_token", pageToken);
    Listing listing = transport.send(Call.get(PATH + query), Listing.class);
    return new Page<>(listing.users, listing.nextPageToken);
  }

  /** Everything about a user at once. */
  public Profile profile(UUID id) {
    return transport.send(Call.get(path(id) + "/profile"), Profile.class);
  }

  public Preferences preferences(UUID id) {
    return transport.send(Call.get(path(id) + "/preferences"), Preferences.class);
  }

  public Preferences setPreferences(UUID id, Preferences preferences) {
    return transport.send(Call.put(path(id) + "/preferences", preferences), Preferences.class);
  }

  public List<String> setPermissions(UUID id, List<String> permissions) {
    Permissions body = new Permissions(permissions);
    return transport.send(Call.put(path(id) + "/permissions", body), Permissions.class).permissions;
  }

  /** The inbox, newest first. */
  public Stream<InboxNotification> notifications(UUID id, boolean onlyUnread) {
    return Pages.stream(
        token -> {
          Query query =
              Query.NONE.with("unread", onlyUnread ? true : null).with("page_token", token);
          Inbox inbox = transport.send(Call.get(path(id) + "/notifications" + query), Inbox.class);
          return new Page<>(inbox.notifications, inbox.nextPageToken);
        });
  }

  /** Marks a notification read; again is harmless. */
  public InboxNotification markRead(UUID id, UUID notification) {
    String path = path(id) + "/notifications/" + notification + "/read";
    return transport.send(Call.postUnnamed(path, null, Repeat.SAFE), InboxNotification.class);
  }

  /** Makes users of lines of {@link NewUser}s; they get no welcome email. */
  public ImportReceipt importAll(JsonLines users) {
    return importAll(users, false);
  }

  /** Makes users of lines of {@link NewUser}s. */
  public ImportReceipt importAll(JsonLines users, boolean welcome) {
    String query = welcome ? "?welcome=true" : "";
    return new Upload(transport, users, PATH + ":import" + query).send(ImportReceipt.class);
  }

  /** Sets the status of these, and answers of how many it was another one. */
  public long setStatus(List<UUID> ids, UserStatus status) {
    return setStatus(Map.of("ids", ids, "status", status));
  }

  /** Sets the status of all who have this one, and answers how many they were. */
  public long setStatus(UserStatus from, UserStatus to) {
    return setStatus(Map.of("filter", Map.of("status", from), "status", to));
  }

  // A second try would change nothing more, but count nothing either.
  private long setStatus(Map<String, Object> change) {
    Call call =
        new Call(
            "PATCH",
            PATH + ":status",
            Map.of("Accept", "application/json", "Content-Type", "application/json"),
            Json.write(change),
            null,
            Repeat.UNHEARD,
            null);
    return transport.send(call, Updated.class).updated;
  }

  private static String path(UUID id) {
    return PATH + "/" + id;
  }
}
