package io.taskfleet.worker.mailing;

import io.taskfleet.template.MailTemplate;
import io.taskfleet.template.TemplateException;
import io.taskfleet.worker.email.EmailRecords;
import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.postgres.Questions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables {@code email_template}, {@code email_undecided} and {@code email_quota}. */
public final class EmailTables implements EmailRecords {
  private static final String NEWEST =
      """
      select subject, text, html from email_template
       where tenant = ? and name = ? and removed_at is null
       order by version desc limit 1
      """;

  private static final String VERSION =
      """
      select subject, text, html from email_template
       where tenant = ? and name = ? and version = ? and removed_at is null
      """;

  // What is old is about tasks that have ended long ago.
  private static final String NOTE =
      """
      with old as (delete from email_undecided where noted_at < now() - interval '30 days')
      insert into email_undecided (task_id, provider, noted_at) values (?, ?, now())
      on conflict (task_id) do update set provider = excluded.provider, noted_at = now()
      """;

  private static final String UNDECIDED = "select provider from email_undecided where task_id = ?";

  private static final String QUOTA_ROW =
      """
      insert into email_quota (provider, period, reserved) values (?, ?, 0)
      on conflict (provider) do update
        set reserved = case when email_quota.period < excluded.period then 0
                            else email_quota.reserved end,
            period = greatest(email_quota.period, excluded.period)
      returning period, reserved
      """;

  private static final String RESERVE =
      "update email_quota set reserved = reserved + ? where provider = ?";

  private final Questions questions;

  /** The tables that these ask. */
  public EmailTables(Questions questions) {
    this.questions = questions;
  }

  /** What is done with a statement. */
  private interface Use<T> {
    T with(PreparedStatement statement) throws SQLException;
  }

  @Override
  public Optional<MailTemplate> template(String tenant, String name, @Nullable Integer version)
      throws CallRefusedException, InterruptedException {
    return ask(
        version == null ? NEWEST : VERSION,
        statement -> {
          statement.setString(1, tenant);
          statement.setString(2, name);
          if (version != null) {
            statement.setInt(3, version);
          }
          try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(template(row)) : Optional.empty();
          }
        });
  }

  private static MailTemplate template(ResultSet row) throws SQLException {
    try {
      return MailTemplate.of(
          new MailTemplate.Source(
              row.getString("subject"), row.getString("text"), row.getString("html")));
    } catch (TemplateException storedByNobodyOfUs) {
      throw new IllegalStateException(storedByNobodyOfUs);
    }
  }

  @Override
  public void noteUndecided(UUID task, String provider)
      throws CallRefusedException, InterruptedException {
    int _ =
        ask(
            NOTE,
            statement -> {
              statement.setObject(1, task);
              statement.setString(2, provider);
              return statement.executeUpdate();
            });
  }

  @Override
  public Optional<String> undecidedProvider(UUID task)
      throws CallRefusedException, InterruptedException {
    return ask(
        UNDECIDED,
        statement -> {
          statement.setObject(1, task);
          try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
          }
        });
  }

  @Override
  public int reserve(String provider, Instant period, int wanted, int most)
      throws CallRefusedException, InterruptedException {
    return questions.together(connection -> reserved(connection, provider, period, wanted, most));
  }

  /** The first statement locks the row. A worker whose clock is behind finds another period. */
  private static int reserved(
      Connection connection, String provider, Instant period, int wanted, int most)
      throws SQLException {
    int free;
    try (PreparedStatement row = connection.prepareStatement(QUOTA_ROW)) {
      row.setString(1, provider);
      row.setObject(2, period.atOffset(ZoneOffset.UTC));
      try (ResultSet found = row.executeQuery()) {
        boolean current =
            found.next() && found.getObject(1, OffsetDateTime.class).toInstant().equals(period);
        free = current ? Math.clamp((long) most - found.getInt(2), 0, wanted) : 0;
      }
    }
    try (PreparedStatement reserve = connection.prepareStatement(RESERVE)) {
      reserve.setInt(1, free);
      reserve.setString(2, provider);
      reserve.executeUpdate();
    }
    return free;
  }

  private <T> T ask(String sql, Use<T> use) throws CallRefusedException, InterruptedException {
    return questions.ask(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return use.with(statement);
          }
        });
  }
}
