package io.taskfleet.worker.recipient;

import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.notification.Claims;
import io.taskfleet.worker.postgres.Questions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/**
 * The table {@code notification_claim}. Its key is unique, so that of two workers one is first. A
 * claim is made before anything is sent, so a task that makes another attempt has its own already.
 */
public final class ClaimTable implements Claims {
  /**
   * Each claim removes a few that are over, so that they do not pile up. It waits for nobody, and
   * comes after the claim, which may wait: the other way round two could wait for each other.
   */
  private static final String FORGET =
      """
      delete from notification_claim where (tenant, key) in (
        select tenant, key from notification_claim where until < now()
         order by until limit 2 for update skip locked)
      """;

  private static final String CLAIM =
      """
      insert into notification_claim as known (tenant, key, task_id, until)
      values (?, ?, ?, now() + ? * interval '1 millisecond')
      on conflict (tenant, key) do update set task_id = excluded.task_id, until = excluded.until
       where known.until <= now()
          or exists (select from task where task.id = known.task_id
                       and task.state in ('dead', 'cancelled', 'expired'))
      """;

  private static final String HOLDER =
      "select task_id from notification_claim where tenant = ? and key = ?";

  private final Questions questions;

  /** The table that is asked in this way. */
  public ClaimTable(Questions questions) {
    this.questions = questions;
  }

  @Override
  public UUID claim(String tenant, String key, Duration window, UUID task)
      throws CallRefusedException, InterruptedException {
    return questions.together(
        connection -> {
          UUID holder =
              insert(connection, tenant, key, window, task)
                  ? task
                  : holder(connection, tenant, key);
          try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
            forget.executeUpdate();
          }
          return holder;
        });
  }

  private static boolean insert(
      Connection connection, String tenant, String key, Duration window, UUID task)
      throws SQLException {
    try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
      claim.setString(1, tenant);
      claim.setString(2, key);
      claim.setObject(3, task);
      claim.setLong(4, window.toMillis());
      return claim.executeUpdate() > 0;
    }
  }

  private static UUID holder(Connection connection, String tenant, String key) throws SQLException {
    try (PreparedStatement find = connection.prepareStatement(HOLDER)) {
      find.setString(1, tenant);
      find.setString(2, key);
      try (ResultSet row = find.executeQuery()) {
        row.next();
        return row.getObject(1, UUID.class);
      }
    }
  }
}
