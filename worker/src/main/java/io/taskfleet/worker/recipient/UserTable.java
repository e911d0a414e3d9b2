package io.taskfleet.worker.recipient;

import io.taskfleet.worker.failure.CallRefusedException;
import io.taskfleet.worker.notification.Addressee;
import io.taskfleet.worker.notification.Addressees;
import io.taskfleet.worker.notification.Channel;
import io.taskfleet.worker.notification.QuietHours;
import io.taskfleet.worker.postgres.Questions;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table {@code app_user}, with what the user prefers. */
public final class UserTable implements Addressees {
  private static final String FIND =
      """
      select app_user.email, wish.channels, wish.quiet_from, wish.quiet_to,
             coalesce(wish.quiet_zone, profile.zone) as zone,
             array(select id from webhook_endpoint
                    where tenant = app_user.tenant and user_id = app_user.id
                      and disabled_at is null order by id) as endpoints
        from app_user
        left join user_preference as wish
          on wish.tenant = app_user.tenant and wish.user_id = app_user.id
        left join user_profile as profile
          on profile.tenant = app_user.tenant and profile.user_id = app_user.id
       where app_user.tenant = ? and app_user.id = ?
      """;

  /** Those of a user who has said nothing. */
  private static final List<Channel> USUAL = List.of(Channel.IN_APP, Channel.EMAIL);

  private final Questions questions;

  /** The table that is asked in this way. */
  public UserTable(Questions questions) {
    this.questions = questions;
  }

  @Override
  public Optional<Addressee> find(String tenant, UUID user)
      throws CallRefusedException, InterruptedException {
    return questions.ask(
        connection -> {
          try (PreparedStatement find = connection.prepareStatement(FIND)) {
            find.setString(1, tenant);
            find.setObject(2, user);
            try (ResultSet row = find.executeQuery()) {
              return row.next() ? Optional.of(read(row)) : Optional.empty();
            }
          }
        });
  }

  private static Addressee read(ResultSet row) throws SQLException {
    Array channels = row.getArray("channels");
    return new Addressee(
        row.getString("email"),
        channels == null
            ? USUAL
            : Stream.of((String[]) channels.getArray()).map(Channel::of).toList(),
        quietHours(row),
        List.of((UUID[]) row.getArray("endpoints").getArray()));
  }

  private static @Nullable QuietHours quietHours(ResultSet row) throws SQLException {
    LocalTime from = row.getObject("quiet_from", LocalTime.class);
    LocalTime to = row.getObject("quiet_to", LocalTime.class);
    return from == null || to == null
        ? null
        : new QuietHours(from, to, zone(row.getString("zone")));
  }

  // The gateway's Java may know zones that this one does not.
  private static ZoneId zone(@Nullable String name) {
    try {
      return name == null ? ZoneOffset.UTC : ZoneId.of(name);
    } catch (DateTimeException unknown) {
      return ZoneOffset.UTC;
    }
  }
}
