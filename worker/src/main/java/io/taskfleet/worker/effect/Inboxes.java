package io.taskfleet.worker.effect;

import static io.taskfleet.worker.postgres.Unnest.Type.TEXT;
import static io.taskfleet.worker.postgres.Unnest.Type.TIME;

import io.taskfleet.wire.InboxArrival;
import io.taskfleet.worker.attempt.Effect;
import io.taskfleet.worker.outcome.Entry;
import io.taskfleet.worker.postgres.Unnest;
import java.util.List;

/** The {@code inbox_notification} table, and what is told of it. */
public final class Inboxes {

  /** A notification, and the entry that brought it. */
  record Arrival(Entry entry, Effect.InboxFilled filled) {}

  static final Unnest<Arrival> ARRIVALS =
      Unnest.<Arrival>by("id", Unnest.Type.UUID, row -> row.entry.task().id())
          .with("tenant", TEXT, row -> row.entry.task().tenant())
          .with("user_id", Unnest.Type.UUID, row -> row.filled.userId())
          .with("title", TEXT, row -> row.filled.title())
          .with("message", TEXT, row -> row.filled.message())
          .with("data", TEXT, row -> row.filled.data())
          .with("created_at", TIME, row -> row.entry.task().createdAt());

  /** The lock waits for who deletes the user; the foreign key would refuse the whole group. */
  static final String WRITE =
      """
      insert into inbox_notification (tenant, id, user_id, title, message, data, created_at)
      select new.tenant, new.id, new.user_id, new.title, new.message, new.data::json, new.created_at
        from (%s) as new join app_user on app_user.tenant = new.tenant and app_user.id = new.user_id
       order by new.tenant, new.user_id
         for key share of app_user
      on conflict do nothing
      """;

  private Inboxes() {}

  /** What gateways are to hear of this entry, now that it is recorded. */
  public static List<byte[]> news(Entry entry) {
    return entry.outcome().effects().stream()
        .filter(Effect.InboxFilled.class::isInstance)
        .map(Effect.InboxFilled.class::cast)
        .map(
            filled ->
                new InboxArrival(entry.task().tenant(), filled.userId(), entry.task().id())
                    .toJson())
        .toList();
  }
}
