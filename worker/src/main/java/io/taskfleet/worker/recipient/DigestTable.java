package io.taskfleet.worker.recipient;

import io.taskfleet.task.TaskIds;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.notification.Digests;
import io.taskfleet.worker.postgres.Questions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The tables {@code notification_digest} and {@code notification_digest_item}. Whoever adds holds
 * the digest's row, and so does whoever closes it: what has been added is delivered, and what comes
 * after opens the next one.
 */
public final class DigestTable implements Digests {
  private static final int SHOWN = 100;

  /** Each addition removes a few that nobody asks for any more. */
  private static final String FORGET =
      """
      delete from notification_digest where (tenant, id) in (
        select tenant, id from notification_digest where closed_at < now() - interval '30 days'
         order by closed_at limit 2 for update skip locked)
      """;

  private static final String ADDED =
      """
      select digest.id, digest.due_at from notification_digest_item as item
        join notification_digest as digest
          on digest.tenant = item.tenant and digest.id = item.digest_id
       where item.tenant = ? and item.task_id = ?
      """;

  /**
   * One whose task ended without delivering it takes no more: what comes now opens another. If
   * there is no such task, its row has been deleted, or the end of what was added is still to be
   * recorded, and the task with it. That takes no minute; if it does, what was added until then is
   * delivered all the same.
   */
  private static final String ABANDON =
      """
      update notification_digest as digest set closed_at = now()
       where tenant = ? and user_id = ? and key = ? and closed_at is null
         and coalesce(
               (select task.state in ('dead', 'cancelled', 'expired') from task
                 where task.id = digest.id),
               not exists (select from notification_digest_item as item
                 where item.tenant = digest.tenant and item.digest_id = digest.id
                   and item.added_at > now() - interval '1 minute'))
      """;

  private static final String OPEN =
      """
      insert into notification_digest (tenant, id, user_id, key, due_at)
      values (?, ?, ?, ?, now() + ? * interval '1 millisecond')
      on conflict (tenant, user_id, key) where closed_at is null do update set key = excluded.key
      returning id, due_at
      """;

  private static final String ADD =
      """
      insert into notification_digest_item (tenant, task_id, digest_id, title, message, data,
          added_at)
      values (?, ?, ?, ?, ?, ?::json, now())
      """;

  private static final String IS_ONE =
      "select from notification_digest where tenant = ? and id = ?";

  private static final String CLOSE =
      """
      update notification_digest set closed_at = coalesce(closed_at, now())
       where tenant = ? and id = ?
      """;

  private static final String ITEMS =
      """
      select task_id, title, message, data, count(*) over () as total
        from notification_digest_item
       where tenant = ? and digest_id = ? order by added_at, task_id limit ?
      """;

  private final Questions questions;

  /** The tables that are asked in this way. */
  public DigestTable(Questions questions) {
    this.questions = questions;
  }

  @Override
  public Digest add(Owner owner, Duration window, Item item)
      throws CallRefusedException, InterruptedException {
    return questions.together(
        connection -> {
          Optional<Digest> before = added(connection, owner, item);
          return before.isPresent() ? before.get() : add(connection, owner, window, item);
        });
  }

  private static Optional<Digest> added(Connection connection, Owner owner, Item item)
      throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(ADDED)) {
      find.setString(1, owner.tenant());
      find.setObject(2, item.task());
      try (ResultSet row = find.executeQuery()) {
        return row.next() ? Optional.of(digest(row)) : Optional.empty();
      }
    }
  }

  private static Digest add(Connection connection, Owner owner, Duration window, Item item)
      throws SQLException {
    try (PreparedStatement abandon = connection.prepareStatement(ABANDON)) {
      abandon.setString(1, owner.tenant());
      abandon.setObject(2, owner.user());
      abandon.setString(3, owner.key());
      abandon.executeUpdate();
    }
    Digest digest = open(connection, owner, window, item);
    try (PreparedStatement add = connection.prepareStatement(ADD)) {
      add.setString(1, owner.tenant());
      add.setObject(2, item.task());
      add.setObject(3, digest.id());
      add.setString(4, item.title());
      add.setString(5, item.message());
      add.setString(6, item.data());
      add.executeUpdate();
    }
    try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
      forget.executeUpdate();
    }
    return digest;
  }

  private static Digest open(Connection connection, Owner owner, Duration window, Item item)
      throws SQLException {
    try (PreparedStatement open = connection.prepareStatement(OPEN)) {
      open.setString(1, owner.tenant());
      open.setObject(2, TaskIds.fromParent(item.task(), "digest"));
      open.setObject(3, owner.user());
      open.setString(4, owner.key());
      open.setLong(5, window.toMillis());
      try (ResultSet row = open.executeQuery()) {
        row.next();
        return digest(row);
      }
    }
  }

  private static Digest digest(ResultSet row) throws SQLException {
    return new Digest(
        row.getObject("id", UUID.class), row.getObject("due_at", OffsetDateTime.class).toInstant());
  }

  @Override
  public boolean isDeliveredBy(String tenant, UUID task)
      throws CallRefusedException, InterruptedException {
    return questions.ask(
        connection -> {
          try (PreparedStatement find = connection.prepareStatement(IS_ONE)) {
            find.setString(1, tenant);
            find.setObject(2, task);
            try (ResultSet row = find.executeQuery()) {
              return row.next();
            }
          }
        });
  }

  @Override
  public Collected close(String tenant, UUID id) throws CallRefusedException, InterruptedException {
    return questions.together(
        connection -> {
          try (PreparedStatement close = connection.prepareStatement(CLOSE)) {
            close.setString(1, tenant);
            close.setObject(2, id);
            close.executeUpdate();
          }
          return items(connection, tenant, id);
        });
  }

  private static Collected items(Connection connection, String tenant, UUID id)
      throws SQLException {
    List<Item> items = new ArrayList<>();
    int total = 0;
    try (PreparedStatement find = connection.prepareStatement(ITEMS)) {
      find.setString(1, tenant);
      find.setObject(2, id);
      find.setInt(3, SHOWN);
      try (ResultSet rows = find.executeQuery()) {
        while (rows.next()) {
          total = rows.getInt("total");
          items.add(
              new Item(
                  rows.getObject("task_id", UUID.class),
                  rows.getString("title"),
                  rows.getString("message"),
                  rows.getString("data")));
        }
      }
    }
    return new Collected(items, total);
  }
}
