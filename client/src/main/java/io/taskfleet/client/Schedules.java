package io.taskfleet.client;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What makes tasks by the clock. */
public final class Schedules {
  private static final String PATH = "/v1/schedules";

  private final Transport transport;

  private record Listing(List<Schedule> schedules, @Nullable String nextPageToken) {}

  private record Deleted(long deleted) {}

  Schedules(Transport transport) {
    this.transport = transport;
  }

  /**
   * Makes a schedule. A lost answer is not followed by a second try, which would find the name
   * taken.
   *
   * @throws ConflictException if the name is taken
   */
  public Schedule create(NewSchedule schedule) {
    return transport.send(Call.postUnnamed(PATH, schedule, Repeat.UNHEARD), Schedule.class);
  }

  public Schedule get(String name) {
    return transport.send(Call.get(path(name)), Schedule.class);
  }

  /** All of them, by name. */
  public Stream<Schedule> list() {
    return Pages.stream(this::page);
  }

  /**
   * A part of them.
   *
   * @param pageToken null for the first
   */
  public Page<Schedule> page(@Nullable String pageToken) {
    Listing listing =
        transport.send(Call.get(PATH + Query.NONE.with("page_token", pageToken)), Listing.class);
    return new Page<>(listing.schedules, listing.nextPageToken);
  }

  /**
   * Changes a schedule.
   *
   * @param patch the fields to be changed, such as {@code cron} or {@code enabled} (RFC 7396): a
   *     null removes one
   */
  public Schedule patch(String name, Map<String, ? extends @Nullable Object> patch) {
    return transport.send(Call.patch(path(name), patch), Schedule.class);
  }

  /** Lets it fire, or keeps it from it. */
  public Schedule enable(String name, boolean enabled) {
    return patch(name, Map.of("enabled", enabled));
  }

  /** Removes it; tasks that it has made stay. */
  public void delete(String name) {
    Removal.of(transport, path(name));
  }

  /** Removes all, and answers how many there were. */
  public long deleteAll() {
    return transport.send(Call.delete(PATH), Deleted.class).deleted;
  }

  /** Submits its task now. */
  public Accepted run(String name) {
    return run(name, UUID.randomUUID().toString());
  }

  /** The same under this idempotency key. */
  public Accepted run(String name, String idempotencyKey) {
    return transport.send(Call.post(path(name) + "/run", null, idempotencyKey), Accepted.class);
  }

  private static String path(String name) {
    return PATH + "/" + Query.segment(name);
  }
}
